package io.matrixrtc.token.federation;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IP addresses in CIDR notation, such as {@code 10.0.0.0/8} or {@code fc00::/7}.
 *
 * @param base an address of the block
 * @param prefixBits how many leading bits all its addresses share
 */
public record AddressRange(InetAddress base, int prefixBits) {
  public AddressRange {
    if (prefixBits < 0 || prefixBits > base.getAddress().length * 8) {
      throw new IllegalArgumentException("address range: no such prefix: /" + prefixBits);
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, or a single address.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static AddressRange parse(String text) {
    String[] parts = text.strip().split("/", 2);
    if (!parts[0].matches(
        "[0-9.]{7,15}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) { // never a name to look up
      throw new IllegalArgumentException("address range: want 10.0.0.0/8 or fc00::/7, got " + text);
    }
    try {
      InetAddress base = InetAddress.getByName(parts[0]);
      int bits = parts.length == 1 ? base.getAddress().length * 8 : Integer.parseInt(parts[1]);
      return new AddressRange(base, bits);
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "address range: want 10.0.0.0/8 or fc00::/7, got " + text, e);
    }
  }

  /** Whether {@code address} is one of the block, and of the same IP version. */
  public boolean contains(InetAddress address) {
    byte[] mine = base.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((mine[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + prefixBits;
  }
}
