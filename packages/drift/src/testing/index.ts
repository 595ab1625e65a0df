export {
  type ContractCheck,
  describeMethodContract,
  type MethodTraits,
  methodContract,
  type TestRunner,
} from './method-contract.ts'
