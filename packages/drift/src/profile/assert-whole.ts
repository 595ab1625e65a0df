import { InvalidArgumentError } from '@tidegauge/core'

export function assertWhole(argument: string, value: number, atLeast: number): void {
  if (!(Number.isInteger(value) && value >= atLeast)) {
    throw new InvalidArgumentError(argument, `an integer of at least ${atLeast}`, value)
  }
}
