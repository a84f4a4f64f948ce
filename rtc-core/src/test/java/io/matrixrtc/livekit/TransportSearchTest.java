package io.matrixrtc.livekit;

import static io.matrixrtc.livekit.FakeWeb.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportSearchTest {
  private static final String STABLE = FakeWeb.HS + "/_matrix/client/v1/rtc/transports";
  private static final String UNSTABLE =
      FakeWeb.HS + "/_matrix/client/unstable/org.matrix.msc4143/rtc/transports";
  private static final String WELL_KNOWN = "https://example.org/.well-known/matrix/client";

  private final FakeWeb web = new FakeWeb();

  private TransportOutcome find(Optional<ServiceUrl> configured) {
    return new TransportSearch(web.client(), configured).find().toCompletableFuture().join();
  }

  private static String list(String key, String url) {
    return "{\""
        + key
        + "\":[{\"type\":\"other\"},{\"type\":\"livekit\"},"
        + "{\"type\":\"livekit\",\"livekit_service_url\":\""
        + url
        + "\"},{\"type\":\"livekit\",\"livekit_service_url\":\"https://second.example\"}]}";
  }

  private static TransportOutcome found(String url, TransportSource source) {
    return new TransportOutcome.Found(service(url), source);
  }

  @Test
  void sfuOrderTheFirstPlaceThatNamesOneCounts() {
    Optional<ServiceUrl> configured = Optional.of(service("https://c.example"));
    assertThat(find(configured))
        .isEqualTo(found("https://c.example", TransportSource.CONFIGURATION));
    web.on(WELL_KNOWN, 200, list("org.matrix.msc4143.rtc_foci", "https://w.example"));
    assertThat(find(configured)).isEqualTo(found("https://w.example", TransportSource.WELL_KNOWN));
    web.on(UNSTABLE, 200, list("rtc_transports", "https://u.example"));
    assertThat(find(configured))
        .isEqualTo(found("https://u.example", TransportSource.UNSTABLE_ENDPOINT));
    web.on(STABLE, 200, list("rtc_transports", "https://s.example/jwt/"));
    web.calls.clear();
    assertThat(find(configured))
        .isEqualTo(found("https://s.example/jwt", TransportSource.ENDPOINT));
    assertThat(web.urls()).as("nothing else is asked then").containsExactly(STABLE);
    assertThat(web.calls.get(0).token()).as("with the login").isPresent();
  }

  @Test
  void sfuOrderTheWellKnownFileIsAskedWithoutTheLogin() {
    web.on(WELL_KNOWN, 200, list("org.matrix.msc4143.rtc_foci", "https://w.example"));
    find(Optional.empty());
    assertThat(web.calls.get(2).uri()).hasToString(WELL_KNOWN);
    assertThat(web.calls.get(2).token()).isEmpty();
  }

  @Test
  void sfuKeysBothNamesOfTheListAreRead() {
    web.on(STABLE, 200, list("transports", "https://t.example"));
    assertThat(find(Optional.empty()))
        .isEqualTo(found("https://t.example", TransportSource.ENDPOINT));
    web.on(STABLE, 200, "{\"transports\":[],\"rtc_transports\":[]}");
    assertThat(find(Optional.empty())).isInstanceOf(TransportOutcome.Missing.class);
  }

  @Test
  void sfuFirstUnusableEntriesAreSkipped() {
    web.on(STABLE, 200, list("rtc_transports", "http://plain.example"));
    assertThat(find(Optional.empty()))
        .isEqualTo(found("https://second.example", TransportSource.ENDPOINT));
  }

  @Test
  void sfuMissingEachFailedPlaceIsNamed() {
    web.on(STABLE, 500, "{}").on(UNSTABLE, 200, "{}").lost(WELL_KNOWN);
    TransportOutcome.Missing missing = (TransportOutcome.Missing) find(Optional.empty());
    assertThat(missing.why()).containsOnlyKeys(TransportSource.values());
    assertThat(missing.why().get(TransportSource.ENDPOINT)).contains("500");
    assertThat(missing.why().get(TransportSource.WELL_KNOWN)).contains("does not answer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "[]", "{}", "{\"rtc_transports\":7}"})
  void sfuMissingAnswersOfNoUseAreNone(String body) {
    web.on(STABLE, 200, body).on(UNSTABLE, 200, body).on(WELL_KNOWN, 200, body);
    assertThat(find(Optional.empty())).isInstanceOf(TransportOutcome.Missing.class);
    assertThat(find(Optional.of(service("https://c.example"))))
        .as("control")
        .isInstanceOf(TransportOutcome.Found.class);
  }

  @Test
  void sfuOrderRedirectsOfTheFileLeadToSafeHosts() {
    web.on(WELL_KNOWN, call -> FakeWeb.redirect("https://www.example.org/file"));
    web.on(
        "https://www.example.org/file",
        200,
        list("org.matrix.msc4143.rtc_foci", "https://w.example"));
    assertThat(find(Optional.empty()))
        .isEqualTo(found("https://w.example", TransportSource.WELL_KNOWN));
    web.on(WELL_KNOWN, call -> FakeWeb.redirect("http://www.example.org/file"));
    assertThat(find(Optional.empty())).isInstanceOf(TransportOutcome.Missing.class);
    web.on(WELL_KNOWN, call -> FakeWeb.redirect(WELL_KNOWN));
    web.calls.clear();
    assertThat(find(Optional.empty())).isInstanceOf(TransportOutcome.Missing.class);
    assertThat(web.urls())
        .filteredOn(WELL_KNOWN::equals)
        .hasSize(1 + TransportSearch.MAX_REDIRECTS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sfu.example",
        "sfu.example",
        "ftp://sfu.example",
        "https://u@sfu.example",
        "https://sfu.example/?q",
        "https://sfu.example/#f",
        "https:///x",
        "https://a b",
        ""
      })
  void sfuUrlWhatIsNone(String url) {
    assertThat(ServiceUrl.parse(url)).isEmpty();
  }

  @Test
  void sfuUrlWhatIsOne() {
    assertThat(service("https://sfu.example/jwt//")).hasToString("https://sfu.example/jwt");
    assertThat(service("http://127.0.0.1:8080")).hasToString("http://127.0.0.1:8080");
    String most = "https://sfu.example/" + "x".repeat(ServiceUrl.MAX_LENGTH - 20);
    assertThat(ServiceUrl.parse(most)).isPresent();
    assertThat(ServiceUrl.parse(most + "x")).isEmpty();
    assertThat(ServiceUrl.of(service("https://sfu.example").transport()))
        .contains(service("https://sfu.example"));
  }
}
