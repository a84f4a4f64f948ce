package io.matrixrtc.interop;

import com.microsoft.playwright.Frame;
import com.microsoft.playwright.Page;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the Element Call of a page has decrypted and decoded, by the statistics of its peer
 * connections and by what its tiles show.
 */
final class ElementCallEars implements MediaHearer {
  /** Keeps the connections of each document, and of which participant a track is. */
  private static final String KEEP =
      "window.keptConnections = []; window.keptStreams = new Map();"
          + " window.RTCPeerConnection = class extends window.RTCPeerConnection {"
          + " constructor(...args) { super(...args); window.keptConnections.push(this);"
          + " this.addEventListener('track', ({track, streams}) =>"
          + " window.keptStreams.set(track.id, streams[0]?.id ?? '')); } };";

  private static final String SUM =
      "async ([sid, kind, name]) => { let sum = 0; for (const connection of keptConnections) {"
          + " for (const one of (await connection.getStats()).values()) {"
          + " if (one.type === 'inbound-rtp' && one.kind === kind"
          + " && (keptStreams.get(one.trackIdentifier) ?? '').startsWith(`${sid}|`))"
          + " sum += one[name] ?? 0; } } return sum; }";

  /** How many pictures the tiles that show a name have shown. */
  private static final String SHOWN =
      "(name) => [...document.querySelectorAll('[data-testid=videoTile]')]"
          + ".filter((tile) => tile.textContent.includes(name))"
          + ".flatMap((tile) => [...tile.querySelectorAll('video')])"
          + ".filter((video) => video.videoWidth > 0 && video.currentTime > 0)"
          + ".reduce((sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0)";

  private final Supplier<Frame> app;
  private final String identity;
  private final Map<String, String> sids = new HashMap<>();

  private ElementCallEars(Supplier<Frame> app, String identity) {
    this.app = app;
    this.identity = identity;
  }

  /** Must be done before the page is opened. */
  static void keepConnections(Page page) {
    page.addInitScript(KEEP);
  }

  /**
   * One in a host page.
   *
   * @param identity its name at the SFU
   */
  static ElementCallEars of(HostedPage page, String identity) {
    return new ElementCallEars(() -> widget(page.page()), identity);
  }

  /**
   * One without a host.
   *
   * @param identity its name at the SFU
   */
  static ElementCallEars of(Page page, String identity) {
    return new ElementCallEars(page::mainFrame, identity);
  }

  /** Has it know a participant's tracks from those of others. */
  void meet(String other, RawParticipant raw) {
    sids.put(other, raw.sid());
  }

  private static Frame widget(Page page) {
    return page.frames().stream()
        .filter(one -> one.parentFrame() == page.mainFrame())
        .findFirst()
        .orElseThrow();
  }

  private double sum(String from, Media media, String name) {
    String sid = sids.get(from);
    if (sid == null) {
      throw new AssertionError("nobody has met " + from);
    }
    return ((Number) app.get().evaluate(SUM, List.of(sid, media.kind(), name))).doubleValue();
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public int framesSeen(String from) {
    return (int) sum(from, Media.VIDEO, "framesDecoded");
  }

  @Override
  public double energyHeard(String from) {
    return sum(from, Media.AUDIO, "totalAudioEnergy");
  }

  /** How many packets of a participant came, whatever was in them. */
  int packets(String from, Media media) {
    return (int) sum(from, media, "packetsReceived");
  }

  /** How many pictures the tile of a user has shown. */
  int shown(String displayName) {
    return ((Number) app.get().evaluate(SHOWN, displayName)).intValue();
  }
}
