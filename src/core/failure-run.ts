/**
 * Failed requests in a row at one target, as one data plane sees them, and which part of that the control plane has yet to
 * be told. Successes are told only where they end a run that was told of: a target that works makes no news.
 */
export class FailureRun {
  private length = 0
  private untold = 0
  private recovered = false

  /** @returns how many have failed in a row now */
  failed(): number {
    this.untold++
    return ++this.length
  }

  /** @returns whether that is news */
  succeeded(): boolean {
    const isNews = this.length > this.untold
    this.length = this.untold = 0
    this.recovered ||= isNews
    return isNews
  }

  /** Gives what is to be told, which counts as told from now on. */
  tell(): { readonly recovered: boolean; readonly failures: number } {
    const news = { recovered: this.recovered, failures: this.untold }
    this.untold = 0
    this.recovered = false
    return news
  }
}
