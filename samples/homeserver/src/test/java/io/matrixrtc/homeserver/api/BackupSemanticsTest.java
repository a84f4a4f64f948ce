package io.matrixrtc.homeserver.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.backup.BackupSemantics;
import io.matrixrtc.homeserver.http.BindFailed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the specification and Synapse differ. */
class BackupSemanticsTest {

  @ParameterizedTest
  @CsvSource({
    // held index, forwards, verified; uploaded the same; replaced by the rule, by Synapse
    "0,0,false, 9,3,true, true,true",
    "9,3,true, 9,3,false, false,false",
    "9,0,true, 0,0,false, false,true",
    "5,0,false, 4,0,false, true,true",
    "4,0,false, 5,0,false, false,false",
    "3,1,false, 3,2,false, false,false",
    "3,2,false, 3,1,false, true,true",
    "5,0,false, 0,7,false, true,true",
    "2,4,true, 2,0,false, false,true",
    "0,1,false, 5,0,false, false,true",
    "9,3,true, 4,3,true, true,true",
    "3,1,false, 3,1,false, false,false"
  })
  void theBetterCopyIsKept_HS_BACKUP_REPLACE(
      long heldIndex,
      long heldForwards,
      boolean heldVerified,
      long index,
      long forwards,
      boolean verified,
      boolean specified,
      boolean synapse)
      throws BindFailed {
    for (BackupSemantics semantics : BackupSemantics.values()) {
      try (EmbeddedHomeserver server = start(semantics)) {
        Client alice = Client.register(server, "alice");
        BackupTest.create(alice);
        String path = "/room_keys/keys/!r:localhost/s?version=1";
        alice.put(path, BackupTest.entry(heldIndex, heldForwards, heldVerified, "held")).ok();
        String etag =
            alice
                .put(path, BackupTest.entry(index, forwards, verified, "uploaded"))
                .ok()
                .path("etag")
                .asText();
        boolean replaced = semantics == BackupSemantics.SYNAPSE ? synapse : specified;
        assertThat(alice.get(path).ok().at("/session_data/ciphertext").asText())
            .isEqualTo(replaced ? "uploaded" : "held");
        assertThat(etag).isEqualTo(replaced ? "2" : "1");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void synapseNamesTheVersionThatWasAskedForAsCurrent_HS_BACKUP_WRONG_VERSION(
      BackupSemantics semantics) throws BindFailed {
    try (EmbeddedHomeserver server = start(semantics)) {
      Client alice = Client.register(server, "alice");
      BackupTest.create(alice);
      BackupTest.create(alice);
      Reply wrong = alice.put("/room_keys/keys/!r:localhost/s?version=1", BackupTest.entry("x"));
      wrong.fails(403, "M_WRONG_ROOM_KEYS_VERSION");
      assertThat(wrong.body().path("current_version").asText())
          .isEqualTo(semantics == BackupSemantics.SYNAPSE ? "1" : "2");
    }
  }

  private static EmbeddedHomeserver start(BackupSemantics semantics) throws BindFailed {
    return EmbeddedHomeserver.start(HomeserverConfig.defaults().withBackup(semantics));
  }
}
