package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Json;
import java.util.Optional;

/** What a user shows of itself. */
public record Profile(Optional<String> displayname, Optional<String> avatarUrl) {

  /** Only the members that are set. */
  public ObjectNode json() {
    ObjectNode json = Json.object();
    displayname.ifPresent(name -> json.put("displayname", name));
    avatarUrl.ifPresent(url -> json.put("avatar_url", url));
    return json;
  }
}
