package io.matrixrtc.backup.sharing;

/**
 * What is known, freshly asked for, of the device that offers a bundle.
 *
 * @param crossSigned whether its owner signed it
 * @param identityChanged whether its owner's identity was verified and has changed since
 */
public record BundleSender(boolean crossSigned, boolean identityChanged) {
  /** Whether its bundle may be imported (BUNDLE-SENDER). */
  public boolean isAcceptable() {
    return crossSigned && !identityChanged;
  }
}
