/** What the messages of several sessions take together. */
export class HeldMessages {
  messages = 0;
  /** Of payloads and subfolders. */
  bytes = 0;
}
