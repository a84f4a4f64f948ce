package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Optional;

/** The users of this server, their passwords and profiles. */
public final class Users {
  /** Longest user id, in bytes. */
  public static final int MAX_USER_ID_LENGTH = 255;

  private static final TableSpec<UserRow> SPEC = TableSpec.of("users", UserRow.class, "user_id");

  private final Table<UserRow> table;
  private final String serverName;
  private final RandomIds ids;

  public Users(Storage storage, String serverName, RandomIds ids) {
    this.table = Table.open(storage, SPEC);
    this.serverName = serverName;
    this.ids = ids;
  }

  public boolean exists(String userId) {
    return table.contains(userId);
  }

  /** The server of a user who is not of this one; empty too where the text is no user id. */
  public Optional<String> otherServer(String userId) {
    int colon = userId.indexOf(':');
    return userId.startsWith("@") && colon > 0
        ? Optional.of(userId.substring(colon + 1)).filter(server -> !server.equals(serverName))
        : Optional.empty();
  }

  /** The full id of a local name; a full id of this server stays as it is. */
  public String userId(String nameOrId) {
    return nameOrId.startsWith("@") ? nameOrId : "@" + nameOrId + ":" + serverName;
  }

  /** Refuses names that cannot be registered or are taken. */
  public void checkAvailable(String localpart) {
    if (!localpart.matches("[a-z0-9._=/+-]+") || userId(localpart).length() > MAX_USER_ID_LENGTH) {
      throw new MatrixException(
          ErrorCode.M_INVALID_USERNAME,
          "User ID can only contain characters a-z, 0-9, or '=_-./+'");
    }
    if (localpart.startsWith("_")) {
      throw new MatrixException(
          ErrorCode.M_INVALID_USERNAME, "User ID may not begin with an underscore");
    }
    if (exists(userId(localpart))) {
      throw new MatrixException(ErrorCode.M_USER_IN_USE, "User ID already taken.");
    }
  }

  /** Adds a user, with its local name as display name, and returns its id. */
  public String create(String localpart, String password) {
    checkAvailable(localpart);
    String salt = ids.token();
    String userId = userId(localpart);
    table.put(new UserRow(salt, Passwords.hash(password, salt), localpart, null), userId);
    return userId;
  }

  public boolean passwordMatches(String userId, String password) {
    return table
        .get(userId)
        .map(user -> Passwords.matches(password, user.salt(), user.passwordHash()))
        .orElse(false);
  }

  public Optional<Profile> profile(String userId) {
    return table.get(userId).map(UserRow::profile);
  }

  /** Replaces the profile of an existing user. */
  public void setProfile(String userId, Profile profile) {
    UserRow user = table.get(userId).orElseThrow(() -> MatrixException.notFound("No such user"));
    table.put(
        new UserRow(
            user.salt(),
            user.passwordHash(),
            profile.displayname().orElse(null),
            profile.avatarUrl().orElse(null)),
        userId);
  }
}
