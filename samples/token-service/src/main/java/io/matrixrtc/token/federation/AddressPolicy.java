package io.matrixrtc.token.federation;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses a caller may make this service connect to (NET-PUBLIC): global unicast ones, and
 * what the configuration allows. Refused are loopback, private, link-local, shared, documentation,
 * benchmark, multicast and reserved blocks (IANA special-purpose registries), and the IPv6 blocks
 * that embed IPv4 addresses.
 *
 * @param allowed blocks that may be reached although they are not public
 */
public record AddressPolicy(List<AddressRange> allowed) {
  private static final List<AddressRange> NOT_PUBLIC_V4 =
      ranges(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");
  private static final AddressRange GLOBAL_V6 = AddressRange.parse("2000::/3");
  private static final List<AddressRange> NOT_PUBLIC_V6 =
      ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  public AddressPolicy {
    allowed = List.copyOf(allowed);
  }

  /** Public addresses alone. */
  public static AddressPolicy publicOnly() {
    return new AddressPolicy(List.of());
  }

  private static List<AddressRange> ranges(String... blocks) {
    return Stream.of(blocks).map(AddressRange::parse).toList();
  }

  /** Whether {@code address} may be connected to. */
  public boolean permits(InetAddress address) {
    return isPublic(address) || allowed.stream().anyMatch(range -> range.contains(address));
  }

  private static boolean isPublic(InetAddress address) {
    return address instanceof Inet4Address
        ? NOT_PUBLIC_V4.stream().noneMatch(range -> range.contains(address))
        : GLOBAL_V6.contains(address)
            && NOT_PUBLIC_V6.stream().noneMatch(range -> range.contains(address));
  }
}
