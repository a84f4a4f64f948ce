package io.matrixrtc.widget.bridge;

import java.util.function.Consumer;

/**
 * The port to the key backup of the account behind a page: what the page shows of it, and what its
 * user may do. Any thread may call; nothing blocks.
 */
public interface BackupPanel {
  /**
   * Tells {@code page} how the backup stands: at once, and whenever that changes.
   *
   * @return ends that when closed
   */
  Watch watch(Consumer<BackupView> page);

  /** The user wants it to stop for now. */
  void pause();

  /** The user wants it to go on. */
  void resume();

  /** Somebody who watches. */
  @FunctionalInterface
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
