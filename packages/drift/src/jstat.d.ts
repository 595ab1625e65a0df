// What we touch of jstat, which ships no types.
declare module 'jstat' {
  interface Distribution {
    cdf(x: number, ...parameters: number[]): number
    pdf(x: number, ...parameters: number[]): number
    inv(p: number, ...parameters: number[]): number
  }
  const jStat: {
    readonly chisquare: Distribution
    readonly normal: Distribution
    readonly studentt: Distribution
  }
  export default jStat
}
