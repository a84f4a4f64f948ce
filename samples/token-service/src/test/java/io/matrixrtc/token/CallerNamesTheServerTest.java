package io.matrixrtc.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.token.federation.AddressPolicy;
import io.matrixrtc.token.federation.AddressRange;
import io.matrixrtc.token.federation.CheckedHttp;
import io.matrixrtc.token.federation.HostResolver;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code matrix_server_name} is the caller's word: where it may lead, and where not. */
class CallerNamesTheServerTest {
  private static final String OTHER_PUBLIC = "93.184.216.35";

  private World world;

  @BeforeEach
  void start() throws Exception {
    world = new World();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private int ask(String server) throws Exception {
    return world.post("/sfu/get", World.at(World.legacyRequest(), server)).statusCode();
  }

  /** The control of every refusal here. */
  private void thePublicServerIsReached() throws Exception {
    assertThat(ask(World.SERVER)).as("control").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:8448",
        "127.1",
        "127.1:8448",
        "0.0.0.0:80",
        "10.0.0.1:22",
        "169.254.169.254:80",
        "192.168.1.1",
        "[::1]",
        "[::1]:8448",
        "[::ffff:127.0.0.1]:8448",
        "[fd00::1]:443",
        "[fe80::1]:443"
      })
  void literalsThatAreNotPublicAreRefused_NET_PUBLIC(String server) throws Exception {
    assertThat(ask(server)).isEqualTo(401);
    assertThat(world.internet.dialled()).isEmpty();
    thePublicServerIsReached();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"})
  void namesOfAddressesThatAreNotPublicAreRefused_NET_PUBLIC(String address) throws Exception {
    world.internet.name("evil.example", address);
    assertThat(ask("evil.example")).isEqualTo(401);
    assertThat(ask("evil.example:8448")).isEqualTo(401);
    assertThat(world.internet.dialled()).isEmpty();
    assertThat(world.internet.asked()).as("the name was looked up").contains("evil.example");
    thePublicServerIsReached();
  }

  @Test
  void ofSeveralAddressesOnlyThePublicOnesAreReached_NET_PUBLIC() throws Exception {
    world.internet.name(World.SERVER, "10.0.0.1 127.0.0.1 " + World.PUBLIC + " ::1");
    thePublicServerIsReached();
    assertThat(world.internet.dialled()).isNotEmpty().allMatch(at -> at.startsWith(World.PUBLIC));
  }

  @Test
  void theConfigurationAllowsWhatItNames_NET_ALLOW() throws Exception {
    try (World inside =
        new World(
            config ->
                config.withNetwork(
                    new AddressPolicy(List.of(AddressRange.parse("10.0.0.0/8"))),
                    config.trust(),
                    config.lookUpTimeout()))) {
      inside.internet.name(World.SERVER, "10.0.0.7");
      inside.internet.server("10.0.0.7", 8448, inside.homeserver.port());
      assertThat(inside.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(200);
      inside.internet.name(World.SERVER, "192.168.0.7");
      inside.internet.server("192.168.0.7", 8448, inside.homeserver.port());
      assertThat(inside.post("/sfu/get", World.legacyRequest()).statusCode())
          .as("another private block")
          .isEqualTo(401);
    }
  }

  /** A name server that answers otherwise the second time gains nothing. */
  @Test
  void theConnectionGoesToTheCheckedAddress_NET_PINNED() throws Exception {
    world.internet.name("rebind.example", World.PUBLIC, "127.0.0.1", "127.0.0.1");
    assertThat(ask("rebind.example")).isEqualTo(401);
    assertThat(world.internet.dialled()).containsExactly(World.PUBLIC + " 443");
    assertThat(world.internet.asked()).filteredOn("rebind.example"::equals).hasSize(2);
    thePublicServerIsReached();
  }

  @Test
  void redirectsToPrivateHostsAreRefused_NET_REDIRECT() throws Exception {
    for (String target :
        List.of("https://internal.example/x", "https://127.0.0.1:8443/x", "http://hs.example/x")) {
      world.internet.name("internal.example", "10.0.0.1");
      world.homeserver.redirects("/.well-known/matrix/server", target);
      assertThat(ask(World.SERVER)).as("as if there were no file").isEqualTo(200);
      assertThat(world.internet.dialled()).allMatch(at -> at.startsWith(World.PUBLIC));
    }
    assertThat(world.homeserver.paths()).doesNotContain("/x");
  }

  @Test
  void redirectsToPublicHostsAreFollowed_NET_REDIRECT() throws Exception {
    world.internet.name("delegated.example", OTHER_PUBLIC);
    world.internet.server(OTHER_PUBLIC, 443, world.homeserver.port());
    world.internet.server(OTHER_PUBLIC, 9000, world.homeserver.port());
    world.homeserver.redirects("/.well-known/matrix/server", "https://delegated.example/file");
    world.homeserver.answers("/file", 200, "{\"m.server\":\"delegated.example:9000\"}");
    assertThat(ask(World.SERVER)).isEqualTo(200);
    assertThat(world.internet.dialled())
        .containsExactly(World.PUBLIC + " 443", OTHER_PUBLIC + " 443", OTHER_PUBLIC + " 9000");
  }

  @Test
  void redirectsEnd_NET_REDIRECT() throws Exception {
    world.homeserver.redirects("/.well-known/matrix/server", "/.well-known/matrix/server");
    assertThat(ask(World.SERVER)).isEqualTo(200);
    assertThat(world.homeserver.paths())
        .filteredOn("/.well-known/matrix/server"::equals)
        .hasSize(6);
  }

  @Test
  void theTokenFollowsNoRedirect_NET_TOKEN_ours() throws Exception {
    world.homeserver.redirects(World.USERINFO, "https://hs.example/elsewhere");
    world.homeserver.answers("/elsewhere", 200, "{\"sub\":\"@alice:hs.example\"}");
    assertThat(ask(World.SERVER)).isEqualTo(401);
    assertThat(world.homeserver.paths()).doesNotContain("/elsewhere").contains(World.USERINFO);
  }

  @Test
  void serviceRecordsOfPrivateHostsAreRefused_NET_SRV() throws Exception {
    world.internet.name("internal.example", "10.0.0.1");
    world.internet.service(
        "_matrix-fed._tcp.hs.example", new HostResolver.Service(1, 1, "internal.example", 22));
    assertThat(ask(World.SERVER)).isEqualTo(401);
    assertThat(world.internet.dialled()).noneMatch(at -> at.startsWith("10."));
    world.internet.service(
        "_matrix-fed._tcp.hs.example",
        new HostResolver.Service(1, 1, "internal.example", 22),
        new HostResolver.Service(2, 1, "good.example.", 9000));
    world.internet.name("good.example", OTHER_PUBLIC);
    world.internet.server(OTHER_PUBLIC, 9000, world.homeserver.port());
    assertThat(ask(World.SERVER)).as("control: the next record").isEqualTo(200);
    assertThat(world.internet.dialled()).contains(OTHER_PUBLIC + " 9000");
  }

  @Test
  void theCertificateMustBeTheServers_NET_TLS() throws Exception {
    world.internet.name("wrong.example", World.PUBLIC);
    assertThat(ask("wrong.example")).isEqualTo(401);
    assertThat(world.internet.dialled()).contains(World.PUBLIC + " 8448");
    assertThat(world.homeserver.requests()).as("not even asked").isEmpty();
    thePublicServerIsReached();
    try (World strangers =
        new World(
            config ->
                config.withNetwork(
                    config.addresses(), CheckedHttp.Trust.ofJdk(), config.lookUpTimeout()))) {
      assertThat(strangers.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(401);
      assertThat(strangers.homeserver.requests()).isEmpty();
    }
  }

  @Test
  void anAnswerHas64KibAtMost_NET_SIZE() throws Exception {
    String sub = "{\"sub\":\"@alice:hs.example\"}";
    String most = sub + " ".repeat(CheckedHttp.MAX_ANSWER_BYTES - sub.length());
    world.homeserver.answers(World.USERINFO, 200, most);
    assertThat(ask(World.SERVER)).isEqualTo(200);
    world.homeserver.answers(World.USERINFO, 200, most + " ");
    assertThat(ask(World.SERVER)).isEqualTo(401);
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedForLong_NET_TIME() throws Exception {
    thePublicServerIsReached(); // what TLS needs is loaded by now
    try (World hasty =
        new World(
            config ->
                config.withNetwork(config.addresses(), config.trust(), Duration.ofMillis(1_500)))) {
      assertThat(hasty.post("/sfu/get", World.legacyRequest()).statusCode())
          .as("control")
          .isEqualTo(200);
      hasty.homeserver.on(World.USERINFO, (request, seen) -> {}); // silence
      assertThat(hasty.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(401);
      hasty.homeserver.on(
          World.USERINFO, // a body that never ends
          (request, seen) -> request.response().setChunked(true).write("{"));
      assertThat(hasty.post("/sfu/get", World.legacyRequest()).statusCode()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hs.example/..",
        "hs.example@evil.example",
        "hs.example#",
        "hs.example?x",
        "a b",
        "%00",
        "hs.example:99999",
        "hs.example\r\nX: y",
        "[::1"
      })
  void whatIsNoServerNameIsRefused_NET_NAME(String server) throws Exception {
    assertThat(ask(server)).isEqualTo(401);
    assertThat(world.internet.asked()).isEmpty();
    thePublicServerIsReached();
  }

  @Test
  void theServerIsFoundAsTheSpecificationSays_DISCOVERY() throws Exception {
    thePublicServerIsReached();
    assertThat(world.internet.dialled())
        .as("no file, no records: port 8448")
        .containsExactly(World.PUBLIC + " 443", World.PUBLIC + " 8448");
    assertThat(world.homeserver.requests().get(1).host()).isEqualTo("hs.example");
  }

  @Test
  void anExplicitPortNeedsNoFile_DISCOVERY() throws Exception {
    world.internet.server(World.PUBLIC, 9001, world.homeserver.port());
    world.homeserver.answers(World.USERINFO, 200, "{\"sub\":\"@alice:hs.example:9001\"}");
    assertThat(ask("hs.example:9001")).isEqualTo(200);
    assertThat(world.internet.dialled()).containsExactly(World.PUBLIC + " 9001");
    assertThat(world.homeserver.requests().get(0).host()).isEqualTo("hs.example:9001");
  }

  @Test
  void theFileDelegates_DISCOVERY() throws Exception {
    world.internet.name("delegated.example", OTHER_PUBLIC);
    world.internet.server(OTHER_PUBLIC, 8448, world.homeserver.port());
    world.homeserver.answers(
        "/.well-known/matrix/server", 200, "{\"m.server\":\"delegated.example\"}");
    assertThat(ask(World.SERVER)).isEqualTo(200);
    assertThat(world.internet.dialled())
        .containsExactly(World.PUBLIC + " 443", OTHER_PUBLIC + " 8448");
    assertThat(world.homeserver.requests().get(1).host()).isEqualTo("delegated.example");
  }

  @Test
  void aFileOfNoUseIsAsNone_DISCOVERY() throws Exception {
    for (String file :
        List.of("", "nonsense", "[]", "{}", "{\"m.server\":7}", "{\"m.server\":\"a b\"}")) {
      world.homeserver.answers("/.well-known/matrix/server", 200, file);
      assertThat(ask(World.SERVER)).as(file).isEqualTo(200);
    }
  }

  @Test
  void theOlderRecordDoesToo_DISCOVERY() throws Exception {
    world.internet.name("good.example", OTHER_PUBLIC);
    world.internet.server(OTHER_PUBLIC, 9000, world.homeserver.port());
    world.internet.service(
        "_matrix._tcp.hs.example", new HostResolver.Service(1, 1, "good.example", 9000));
    assertThat(ask(World.SERVER)).isEqualTo(200);
    assertThat(world.internet.dialled())
        .containsExactly(World.PUBLIC + " 443", OTHER_PUBLIC + " 9000");
    assertThat(world.homeserver.requests().get(1).host())
        .as("the name stays, wherever the record points")
        .isEqualTo("hs.example");
  }
}
