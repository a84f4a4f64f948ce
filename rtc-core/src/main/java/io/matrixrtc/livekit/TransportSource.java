package io.matrixrtc.livekit;

/** Where a transport may be found, the preferred one first (SFU-ORDER). */
public enum TransportSource {
  /** {@code GET /_matrix/client/v1/rtc/transports} (MSC4143). */
  ENDPOINT,
  /** The same under its unstable path. */
  UNSTABLE_ENDPOINT,
  /** {@code org.matrix.msc4143.rtc_foci} in the {@code .well-known} file: older deployments. */
  WELL_KNOWN,
  /** What the app was told. */
  CONFIGURATION
}
