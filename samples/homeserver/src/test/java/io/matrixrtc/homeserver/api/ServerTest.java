package io.matrixrtc.homeserver.api;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.http.BindFailed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A server for each test, on each kind of storage, with time in the test's hand. */
@ParameterizedClass
@EnumSource(ServerTest.Backing.class)
abstract class ServerTest {
  enum Backing {
    MEMORY,
    SQLITE
  }

  @TempDir Path folder;
  @Parameter Backing backing;

  final ManualTime time = new ManualTime();
  EmbeddedHomeserver server;

  @BeforeEach
  void startServer() throws BindFailed {
    HomeserverConfig config = HomeserverConfig.defaults().withServerName("test").withTime(time);
    if (backing == Backing.SQLITE) {
      config = config.withDatabase(folder.resolve("homeserver.db"));
    }
    server = EmbeddedHomeserver.start(configure(config));
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  HomeserverConfig configure(HomeserverConfig config) {
    return config;
  }

  Client register(String name) {
    return Client.register(server, name);
  }

  Client nobody() {
    return Client.nobody(server);
  }

  /** Returns once a sync is held open: it has set the alarm of its timeout. */
  void awaitWaitingSyncs(int count) {
    await().until(() -> time.alarms() == count);
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** One member of each item of an array, as text. */
  static List<String> each(JsonNode array, String pointer) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.at(pointer).asText()));
    return texts;
  }

  static JsonNode joined(JsonNode sync, String roomId) {
    return sync.path("rooms").path("join").path(roomId);
  }

  static List<String> bodies(JsonNode sync, String roomId) {
    List<String> bodies = new ArrayList<>();
    for (JsonNode event : joined(sync, roomId).path("timeline").path("events")) {
      if (event.path("type").asText().equals("m.room.message")) {
        bodies.add(event.path("content").path("body").asText());
      }
    }
    return bodies;
  }
}
