package io.matrixrtc.homeserver.accounts;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A user as stored; the profile is part of it. */
record UserRow(
    String salt, String passwordHash, @Nullable String displayname, @Nullable String avatarUrl) {

  Profile profile() {
    return new Profile(Optional.ofNullable(displayname), Optional.ofNullable(avatarUrl));
  }
}
