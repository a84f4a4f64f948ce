package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A request that the machine wants sent. Whoever sends it repeats it as it is until it has an
 * answer, then reports the answer, or that it gave up, under the same id.
 */
public sealed interface OutgoingRequest {

  /** Names the request; also the transaction id where there is one. */
  String id();

  /** {@code POST /keys/upload} with {@code body}. */
  record KeysUpload(String id, ObjectNode body) implements OutgoingRequest {
    @Override
    public String toString() {
      return "KeysUpload[" + id + "]";
    }
  }

  /** {@code POST /keys/query} with {@code body}, for {@code users}. */
  record KeysQuery(String id, ObjectNode body, Set<String> users) implements OutgoingRequest {
    public KeysQuery {
      users = Set.copyOf(users);
    }
  }

  /** {@code POST /keys/claim} with {@code body}, for {@code devices}. */
  record KeysClaim(String id, ObjectNode body, Set<UserDevice> devices) implements OutgoingRequest {
    public KeysClaim {
      devices = Set.copyOf(devices);
    }
  }

  /**
   * {@code POST /keys/device_signing/upload} with {@code body}. An answer with status 401 is not
   * its end: it goes to {@link CrossSigning#onAuthenticationWanted}.
   */
  record SigningKeysUpload(String id, ObjectNode body) implements OutgoingRequest {
    /** Shows no body, which may hold a password. */
    @Override
    public String toString() {
      return "SigningKeysUpload[" + id + "]";
    }
  }

  /** {@code POST /keys/signatures/upload} with {@code body}. */
  record SignaturesUpload(String id, ObjectNode body) implements OutgoingRequest {
    @Override
    public String toString() {
      return "SignaturesUpload[" + id + "]";
    }
  }

  /** {@code PUT /sendToDevice/{eventType}/{id}} with {@code body}, to {@code devices}. */
  record ToDevice(String id, String eventType, ObjectNode body, Set<UserDevice> devices)
      implements OutgoingRequest {
    public ToDevice {
      devices = Set.copyOf(devices);
    }

    @Override
    public String toString() {
      return "ToDevice[" + id + ", " + eventType + ", " + devices + "]";
    }
  }
}
