package io.matrixrtc.cli.widget;

import io.matrixrtc.client.ClientEvent;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.widget.bridge.HostPage;
import io.matrixrtc.widget.drivers.AccountFeed;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether the account's device is signed by its user. If not, each page says what the user must do,
 * until it is: most calls give keys to signed devices alone.
 */
final class DeviceStanding {
  private static final int GROUP = 4;

  private final EncryptedClient client;
  private final List<HostPage> pages = new CopyOnWriteArrayList<>();
  private volatile String advice = "";

  DeviceStanding(EncryptedClient client, AccountFeed feed) {
    this.client = client;
    feed.follow(
        event -> {
          if (event instanceof ClientEvent.KeysChanged) {
            check();
          }
        });
  }

  /** Looks how it is now; later changes are noticed. */
  void check() {
    var unused = client.crossSigning().status().thenAccept(this::tell);
  }

  private void tell(CrossSigningStatus status) {
    if (status.deviceSigned()) {
      advise("");
    } else {
      var unused =
          client
              .withMachine(machine -> machine.identityKeys().ed25519().toBase64())
              .thenAccept(key -> advise(advice(status.master().isPresent(), client.device(), key)));
    }
  }

  /** What the user must do, and why. */
  static String advice(boolean hasIdentity, UserDevice device, String fingerprint) {
    String why =
        "This session, "
            + device.deviceId()
            + ", is not signed by you: people whose apps want signed sessions, as most do, will"
            + " neither hear you nor be heard. ";
    return hasIdentity
        ? why
            + "Start widget-host again with --recovery-key-file, or sign it with: matrixrtc keys"
            + " sign "
            + device.userId()
            + " "
            + grouped(fingerprint)
        : why
            + "Your account has no identity that could sign it. Set one up in another app of"
            + " yours, or with: matrixrtc keys setup";
  }

  private static String grouped(String key) {
    return key.replaceAll("(.{" + GROUP + "})(?=.)", "$1 ");
  }

  private void advise(String text) {
    if (!text.equals(advice)) {
      advice = text;
      pages.forEach(page -> page.advise(text));
    }
  }

  /** Tells a page, now and later. */
  void show(HostPage page) {
    pages.add(page);
    if (!advice.isEmpty()) {
      page.advise(advice);
    }
  }

  /** A page is over. */
  void forget(HostPage page) {
    pages.remove(page);
  }
}
