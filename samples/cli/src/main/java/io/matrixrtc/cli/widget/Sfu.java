package io.matrixrtc.cli.widget;

import io.matrixrtc.token.ApiKey;
import io.matrixrtc.token.FullAccess;
import java.util.List;

/**
 * A LiveKit SFU that calls may use.
 *
 * @param url its WebSocket URL, as browsers reach it
 * @param key its API key
 */
public record Sfu(String url, ApiKey key) {
  FullAccess access(String serverName) {
    return new FullAccess(List.of(serverName));
  }
}
