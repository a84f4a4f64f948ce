package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.Fields;
import io.matrixrtc.homeserver.http.Json;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.store.RandomIds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * User-interactive authentication with one stage. Sessions live in memory only: who is in the
 * middle of it when the server restarts begins again.
 */
public final class InteractiveAuth {
  /** Sessions kept; the oldest goes first. */
  static final int MAX_SESSIONS = 1_000;

  static final String DUMMY = "m.login.dummy";
  static final String PASSWORD = "m.login.password";

  private final Users users;
  private final RandomIds ids;
  private final Map<String, String> purposes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_SESSIONS;
        }
      };

  public InteractiveAuth(Users users, RandomIds ids) {
    this.users = users;
    this.ids = ids;
  }

  /** Asks for nothing but a second request; ends the first with 401. */
  public void requireDummy(Fields body, String purpose) {
    requireStage(body, DUMMY, purpose);
  }

  /** Asks for the user's password. */
  public void requirePassword(Fields body, String userId, String purpose) {
    Fields auth = requireStage(body, PASSWORD, purpose + " " + userId);
    String named =
        auth.optionalObject("identifier")
            .flatMap(identifier -> new Fields(identifier).optionalString("user"))
            .or(() -> auth.optionalString("user"))
            .orElse(userId);
    if (!users.userId(named).equals(userId)
        || !users.passwordMatches(userId, auth.string("password"))) {
      throw challenge(
          PASSWORD,
          purpose + " " + userId,
          Json.object()
              .put("errcode", ErrorCode.M_FORBIDDEN.name())
              .put("error", "Invalid password"));
    }
  }

  private Fields requireStage(Fields body, String stage, String purpose) {
    Optional<ObjectNode> given = body.optionalObject("auth");
    if (given.isEmpty()) {
      throw challenge(stage, purpose, Json.object());
    }
    Fields auth = new Fields(given.get());
    String session = auth.optionalString("session").orElse(null);
    if (session != null && !purpose.equals(purposes.get(session))) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, "Unknown session ID");
    }
    if (!auth.optionalString("type").equals(Optional.of(stage))) {
      throw challenge(stage, purpose, Json.object());
    }
    if (session != null) {
      purposes.remove(session);
    }
    return auth;
  }

  private MatrixException challenge(String stage, String purpose, ObjectNode error) {
    String session = ids.token();
    purposes.put(session, purpose);
    ObjectNode body = error.put("session", session);
    body.putArray("flows").addObject().putArray("stages").add(stage);
    body.putObject("params");
    return MatrixException.of(Answer.json(401, body));
  }
}
