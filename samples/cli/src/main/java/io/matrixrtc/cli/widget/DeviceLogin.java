package io.matrixrtc.cli.widget;

import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.EncryptedClientBuilder;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;

/** How a hosted user's device comes to be: logged in with a password, or kept on disk. */
interface DeviceLogin {
  /**
   * The device's login.
   *
   * @throws HostingException if there is none
   */
  MatrixSession session(ClientSettings settings) throws HostingException;

  /**
   * The same with the device's keys; the client closes them.
   *
   * @throws HostingException if they do not open
   */
  EncryptedClientBuilder keys(MatrixClient client) throws HostingException;

  /**
   * What is to be done once others can write to the device.
   *
   * @throws HostingException if it cannot be done
   */
  void ready(EncryptedClient client) throws HostingException;

  /** A login that the homeserver has renewed. */
  void renewed(MatrixSession session);

  /** The end: the device is logged out, or waits for the next time. */
  void end(EncryptedClient client);
}
