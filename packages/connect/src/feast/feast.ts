export {
  type FeastOnline,
  type FeastOnlineOptions,
  type FeastRow,
  feastOnline,
  type OnlineRequestOptions,
} from './feast-online.ts'
export { type FeastSourceOptions, feastSource } from './feast-source.ts'
