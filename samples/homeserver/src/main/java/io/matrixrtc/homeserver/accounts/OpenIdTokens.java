package io.matrixrtc.homeserver.accounts;

import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Tokens by which a user proves its id to another service, and nothing else. */
final class OpenIdTokens {
  static final Duration LIFETIME = Duration.ofHours(1);

  private record Row(String userId, long expiresAt) {}

  private static final TableSpec<Row> SPEC = TableSpec.of("openid_tokens", Row.class, "token_hash");

  private final Table<Row> table;
  private final InstantSource clock;
  private final RandomIds ids;

  OpenIdTokens(Foundation foundation) {
    this.table = Table.open(foundation.storage(), SPEC);
    this.clock = foundation.time();
    this.ids = foundation.ids();
  }

  String issue(String userId) {
    for (Table.Row<Row> row : table.scan(Range.of())) {
      if (row.value().expiresAt() <= clock.millis()) {
        table.remove(row.key().text(0));
      }
    }
    String token = ids.token();
    table.put(
        new Row(userId, clock.instant().plus(LIFETIME).toEpochMilli()), Passwords.hashToken(token));
    return token;
  }

  /** Whose token it is, within its lifetime. */
  Optional<String> userId(String token) {
    return table
        .get(Passwords.hashToken(token))
        .filter(row -> row.expiresAt() > clock.millis())
        .map(Row::userId);
  }
}
