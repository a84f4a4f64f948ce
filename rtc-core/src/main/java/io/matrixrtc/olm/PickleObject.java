package io.matrixrtc.olm;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object of a vodozemac pickle. Members that are not asked for do not matter. */
final class PickleObject {
  private final Map<String, @Nullable Object> members;

  PickleObject(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  boolean has(String name) {
    return members.get(name) != null;
  }

  Set<String> names() {
    return members.keySet();
  }

  PickleObject object(String name) throws PickleException.Malformed {
    return as(PickleObject.class, name);
  }

  String text(String name) throws PickleException.Malformed {
    return as(String.class, name);
  }

  boolean flag(String name) throws PickleException.Malformed {
    return as(Boolean.class, name);
  }

  /** An integer of 64 bits, unsigned. */
  long number(String name) throws PickleException.Malformed {
    return as(Long.class, name);
  }

  /** A list of objects, at most {@code limit}. */
  List<PickleObject> objects(String name, int limit) throws PickleException.Malformed {
    if (members.get(name) instanceof byte[] none && none.length == 0) {
      return List.of();
    }
    List<?> values = as(List.class, name);
    if (values.size() > limit) {
      throw new PickleException.Malformed(name + ": over " + limit); // PICKLE-LIMIT
    }
    if (!values.stream().allMatch(PickleObject.class::isInstance)) {
      throw malformed(name);
    }
    return values.stream().map(PickleObject.class::cast).toList();
  }

  /** Returns a copy of exactly {@code length} bytes. */
  byte[] bytes(String name, int length) throws PickleException.Malformed {
    byte[] bytes = as(byte[].class, name);
    if (bytes.length != length) {
      throw new PickleException.Malformed(name + ": " + bytes.length + " bytes");
    }
    return bytes.clone();
  }

  Curve25519PublicKey publicKey(String name) throws PickleException.Malformed {
    return Curve25519PublicKey.owned(bytes(name, Curve25519PublicKey.BYTES));
  }

  Curve25519SecretKey secretKey(String name) throws PickleException.Malformed {
    return Curve25519SecretKey.owned(bytes(name, Curve25519SecretKey.BYTES));
  }

  /** Version 1 where the member is missing: it was added with version 2 (PICKLE-CONFIG). */
  SessionConfig config() throws PickleException.Malformed {
    if (!has("config")) {
      return SessionConfig.V1;
    }
    String version = object("config").text("version");
    for (SessionConfig config : SessionConfig.values()) {
      if (config.name().equals(version)) {
        return config;
      }
    }
    throw new PickleException.Malformed("unknown session configuration");
  }

  private <T> T as(Class<T> type, String name) throws PickleException.Malformed {
    Object value = members.get(name);
    if (!type.isInstance(value)) {
      throw malformed(name);
    }
    return type.cast(value);
  }

  private static PickleException.Malformed malformed(String name) {
    return new PickleException.Malformed(name + ": missing, or of another type"); // PICKLE-CONTENT
  }

  /** Wipes all bytes in here. */
  void wipe() {
    members.values().forEach(PickleObject::wipe);
  }

  private static void wipe(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      Arrays.fill(bytes, (byte) 0);
    } else if (value instanceof PickleObject object) {
      object.wipe();
    } else if (value instanceof List<?> values) {
      values.forEach(PickleObject::wipe);
    }
  }

  @Override
  public String toString() {
    return "PickleObject" + members.keySet();
  }
}
