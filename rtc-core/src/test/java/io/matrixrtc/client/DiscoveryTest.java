package io.matrixrtc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.matrixrtc.keys.VirtualTime;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
  private static final String VERSIONS =
      "{\"versions\":[\"r0.6.1\",\"v1.1\"],"
          + "\"unstable_features\":{\"org.matrix.on\":true,\"org.matrix.off\":false}}";

  private final VirtualTime time = new VirtualTime();
  private final ScriptedHttp http = new ScriptedHttp();
  private final ClientSettings settings =
      ClientSettings.of(http, time).withRetries(RetryPolicy.none());

  private DiscoveryOutcome discover(String name) {
    CompletableFuture<DiscoveryOutcome> end =
        MatrixClient.discover(name, settings).toCompletableFuture();
    assertThat(end).isDone();
    return end.join();
  }

  private static String file(String baseUrl) {
    return "{\"m.homeserver\":{\"base_url\":\"" + baseUrl + "\"}}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "example.org:8448", "@alice:example.org"})
  void discActionsFoundAndAsked(String name) {
    http.ok(file("https://matrix.example.org/")).ok(VERSIONS);
    DiscoveryOutcome.Found found = (DiscoveryOutcome.Found) discover(name);
    assertThat(found.baseUrl()).hasToString("https://matrix.example.org");
    assertThat(found.versions().versions()).containsExactly("r0.6.1", "v1.1");
    assertThat(found.versions().unstableFeatures()).containsExactly("org.matrix.on");
    assertThat(http.calls())
        .extracting(call -> call.uri().toString())
        .containsExactly(
            "https://example.org/.well-known/matrix/client",
            "https://matrix.example.org/_matrix/client/versions");
  }

  @Test
  void discActionsNothingPublishedIsIgnored() {
    http.status(404, "");
    assertThat(discover("example.org:8448"))
        .isEqualTo(new DiscoveryOutcome.NothingPublished(URI.create("https://example.org:8448")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|{}",
        "403|{}",
        "302|",
        "200|''",
        "200|<html>",
        "200|[]",
        "200|{}",
        "200|{\"m.homeserver\":\"https://matrix.example.org\"}",
        "200|{\"m.homeserver\":{\"base_url\":7}}"
      })
  void discActionsWhatCannotBeReadMeansToAsk(int status, String body) {
    http.status(status, body == null ? "" : body);
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.AskForAddress.class);
  }

  @Test
  void discActionsAFileTooLongIsNotRead() {
    String end = "\"}}";
    String begin = file("https://matrix.example.org").replace(end, "");
    String longest = begin + "/".repeat(Discovery.MAX_CHARS - begin.length() - 3) + end;
    assertThat(longest).hasSize(Discovery.MAX_CHARS);
    http.ok(longest).ok(VERSIONS);
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.Found.class);
    http.ok(longest + " ");
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.AskForAddress.class);
  }

  @Test
  void discActionsAnUnreachableHostMeansToAsk() {
    http.lost();
    assertThat(((DiscoveryOutcome.AskForAddress) discover("example.org")).why())
        .contains("https://example.org")
        .contains("does not answer");
    for (String name : new String[] {"-", "[::::::::::]", "not a name", "@alice"}) {
      assertThat(MatrixClient.discover(name, jdk()).toCompletableFuture().join())
          .as(name)
          .isInstanceOf(DiscoveryOutcome.AskForAddress.class);
    }
  }

  private ClientSettings jdk() {
    return ClientSettings.of(new JdkHttpTransport(Runnable::run), time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "matrix.example.org",
        "http://matrix.example.org",
        "ftp://matrix.example.org",
        "https://",
        "https://user:pass@matrix.example.org",
        "https://matrix.example.org?x",
        "https://matrix.example.org#x",
        "https://matrix.example.org:99999",
        "https://matrix example.org",
        "/_matrix"
      })
  void discUrlThatIsNoneIsAnError(String url) {
    http.ok(file(url));
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.Unusable.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://matrix.example.org//, https://matrix.example.org",
    "https://matrix.example.org:8448/a, https://matrix.example.org:8448/a",
    "http://localhost:8008, http://localhost:8008",
    "http://127.0.0.1:8008, http://127.0.0.1:8008",
    "http://[::1]:8008, http://[::1]:8008",
  })
  void discUrlThatIsOne(String url, String base) {
    http.ok(file(url)).ok(VERSIONS);
    assertThat(((DiscoveryOutcome.Found) discover("example.org")).baseUrl()).hasToString(base);
  }

  private HttpAnswer redirect(String to) {
    return new HttpAnswer(302, Optional.empty(), Optional.of(to), "");
  }

  @Test
  void discActionsRedirectsAreFollowedToSafeHostsAFewTimes() {
    for (int i = 0; i < Discovery.MAX_REDIRECTS; i++) {
      http.open().complete(redirect("/elsewhere" + i));
    }
    http.ok(file("https://matrix.example.org")).ok(VERSIONS);
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.Found.class);
    assertThat(http.calls().get(1).uri()).hasToString("https://example.org/elsewhere0");
    for (int i = 0; i <= Discovery.MAX_REDIRECTS; i++) {
      http.open().complete(redirect("https://www.example.org/"));
    }
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.AskForAddress.class);
    http.open().complete(redirect("http://example.org/"));
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.AskForAddress.class);
  }

  @Test
  void discVersionsThatAreTooOldOrNoneAreAnError() {
    http.ok(file("https://old.example")).ok("{\"versions\":[\"r0.6.1\"]}");
    assertThat(((DiscoveryOutcome.Unusable) discover("example.org")).why())
        .isEqualTo(
            "The homeserver https://old.example speaks only old versions of Matrix (r0.6.1);"
                + " 1.1 or newer is wanted. Update it, or use another one.");
    for (String answer : new String[] {"{}", "{\"versions\":{}}", "{\"versions\":[]}", "[]"}) {
      http.ok(file("https://x.example")).ok(answer);
      assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.Unusable.class);
    }
    http.ok(file("https://x.example")).lost();
    assertThat(discover("example.org")).isInstanceOf(DiscoveryOutcome.Unusable.class);
  }
}
