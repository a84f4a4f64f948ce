package io.matrixrtc.benchmarks.machine;

/**
 * A machine that talks with devices of others, over and over: it writes one event to all, each
 * decrypts that and writes its events, the machine takes those as one sync. So each session turns
 * its ratchet once in each direction. What is measured begins and ends with JSON text.
 */
interface Dialogue extends AutoCloseable {
  /** How many devices there are. */
  int DEVICES = 100;

  /** How many events each of them writes. */
  int EVENTS_PER_DEVICE = 10;

  /** The machine encrypts one event for every device. */
  void send() throws Exception;

  /** The devices decrypt it and encrypt theirs. Not measured. */
  void answer() throws Exception;

  /** The machine takes the devices' events. */
  void receive() throws Exception;

  @Override
  void close();
}
