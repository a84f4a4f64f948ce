package io.matrixrtc.interop;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Element Call without a host: a device by itself, with matrix-js-sdk's Olm machine. */
final class AlonePage extends WatchedPage {
  /** As it keeps its login itself. */
  private static final String SIGN_IN =
      "localStorage.setItem('matrix-auth-store', JSON.stringify(%s));";

  private final DeviceAddress address;
  private final String link;

  /**
   * @param context whose page it is to be; signed in by this
   * @param roomId of an encrypted room that the user has joined
   */
  AlonePage(BrowserContext context, String origin, MatrixSession session, String roomId) {
    super(signedIn(context, session));
    address = new DeviceAddress(session.userId(), session.deviceId());
    link =
        "%s/room/#/?roomId=%s&perParticipantE2EE=true"
            .formatted(origin, URLEncoder.encode(roomId, StandardCharsets.UTF_8));
  }

  private static Page signedIn(BrowserContext context, MatrixSession session) {
    context.addInitScript(
        SIGN_IN.formatted(
            Json.newObject()
                .put("user_id", session.userId())
                .put("device_id", session.deviceId())
                .put("access_token", session.token().reveal())
                .put("passwordlessUser", false)));
    return context.newPage();
  }

  DeviceAddress address() {
    return address;
  }

  /** Its lobby. */
  AlonePage open() {
    page.navigate(link);
    return this;
  }

  /** Joins from the lobby, and is done when the call's controls are there. */
  AlonePage join() {
    Locator join = page.getByTestId("lobby_joinCall");
    join.waitFor();
    join.click();
    page.getByTestId("incall_leave").waitFor();
    return this;
  }

  /** Hangs up by its own button. */
  void hangUp() {
    page.getByTestId("incall_leave").click();
    page.getByTestId("incall_leave")
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
  }

  void screenshot(Path file) {
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
  }
}
