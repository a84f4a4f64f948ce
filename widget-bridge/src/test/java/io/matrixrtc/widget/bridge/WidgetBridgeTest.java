package io.matrixrtc.widget.bridge;

import static io.matrixrtc.widget.bridge.BridgeRig.WIDGET;
import static io.matrixrtc.widget.bridge.BridgeRig.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.bridge.BridgeRig.Page;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bridge serves, and what it shows on the page, over real sockets. */
class WidgetBridgeTest {
  @SuppressWarnings("NullAway.Init") // serve sets it
  private BridgeRig rig;

  @BeforeEach
  void serve() throws Exception {
    rig = new BridgeRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void bridgeCspThePageMayLoadItsOwnFilesAndTheWidget() throws Exception {
    for (String file : new String[] {"", "host.js", "host.css"}) {
      HttpClientResponse response =
          get(
              rig.http
                  .request(HttpMethod.GET, rig.server.actualPort(), "127.0.0.1", "/calls/" + file)
                  .compose(request -> request.send()));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.getHeader("Content-Security-Policy"))
          .isEqualTo(
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                  + " frame-src "
                  + WIDGET
                  + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
      assertThat(response.getHeader("Cross-Origin-Embedder-Policy")).isNull();
      assertThat(response.getHeader("Referrer-Policy")).isEqualTo("no-referrer");
    }
  }

  /** What a call needs of the browser, and nothing else. */
  @Test
  void bridgeFrameTheWidgetIsSandboxedAndHasTheFeaturesOfACall() throws Exception {
    String script = rig.body(rig.server.actualPort(), "/calls/host.js");
    assertThat(words(script, "SANDBOX"))
        .containsExactlyInAnyOrder(
            "allow-forms",
            "allow-popups",
            "allow-popups-to-escape-sandbox",
            "allow-same-origin",
            "allow-scripts",
            "allow-presentation",
            "allow-downloads")
        .as("it cannot take the host page away")
        .noneMatch(word -> word.startsWith("allow-top-navigation"));
    assertThat(words(script, "ALLOW"))
        .containsExactlyInAnyOrder(
            "microphone",
            "camera",
            "encrypted-media",
            "autoplay",
            "display-capture",
            "clipboard-write",
            "clipboard-read",
            "speaker-selection",
            "screen-wake-lock");
    assertThat(script)
        .contains("setAttribute('sandbox', SANDBOX)", "setAttribute('allow', ALLOW)")
        .containsSubsequence("setAttribute('sandbox'", "frame.src = url");
  }

  /** The words of a constant of the page's script. */
  private static List<String> words(String script, String name) {
    Matcher constant =
        Pattern.compile("const " + name + " = ((?:'[^']*'(?: \\+\\s+)?)+);").matcher(script);
    assertThat(constant.find()).as(name).isTrue();
    return List.of(constant.group(1).replaceAll("' \\+\\s+'|'", "").split("[ ;]+"));
  }

  @Test
  void pageAdviceWhatStandsIsShownOnEachConnectionAgainAndOnlyTheNewest() throws Exception {
    Page page = rig.opened();
    String session = page.next().path("session").asText();
    rig.lastPage.advise("first");
    assertThat(page.next().path("text").asText()).isEqualTo("first");
    page.cut();
    rig.lastPage.advise("second");
    Page again = rig.page("{'t':'hello','resume':'" + session + "','seen':0}");
    assertThat(again.next().path("t").asText()).isEqualTo("welcome");
    ObjectNode shown = again.next();
    assertThat(shown.path("t").asText()).isEqualTo("advice");
    assertThat(shown.path("text").asText()).isEqualTo("second");
    again.cut();
    Page reloaded = rig.page("{'t':'hello','link':'','reload':'" + session + "'}");
    assertThat(reloaded.next().path("t").asText()).isEqualTo("welcome");
    assertThat(reloaded.next().path("text").asText()).as("after a reload").isEqualTo("second");
  }

  @Test
  void pageBackupTheUsersButtonReachesTheBackup() throws Exception {
    Page page = rig.opened();
    page.next();
    CompletableFuture<String> want = new CompletableFuture<>();
    rig.lastPage.showBackup(
        new BackupPanel() {
          @Override
          public Watch watch(Consumer<BackupView> shown) {
            shown.accept(BackupView.of(BackupView.Phase.RUNNING, "At work."));
            return () -> {};
          }

          @Override
          public void pause() {
            want.complete("pause");
          }

          @Override
          public void resume() {
            want.complete("resume");
          }
        });
    assertThat(page.next().path("phase").asText()).isEqualTo("running");
    page.send("{'t':'backup','n':1,'want':'pause'}");
    assertThat(want.get(30, TimeUnit.SECONDS)).isEqualTo("pause");
  }

  @Test
  void theVerticleServesPageAndWidgetOnOriginsOfTheirOwn(@TempDir Path files) throws Exception {
    Files.writeString(files.resolve("index.html"), "<!doctype html>widget");
    Files.writeString(files.resolve("config.json"), "{}");
    BridgeVerticle verticle =
        new BridgeVerticle(
            new BridgeVerticle.Addresses("127.0.0.1", 0, 0),
            new WidgetFiles(files, Optional.of("{\"mine\":1}")),
            rig.links,
            rig::open,
            InstantSource.system());
    get(rig.vertx.deployVerticle(verticle));
    URI page = URI.create(verticle.link("good", Duration.ofMinutes(1)));
    assertThat(rig.body(page.getPort(), "/")).contains("host.js");
    int widget = URI.create(verticle.widgetOrigin()).getPort();
    assertThat(widget).isNotEqualTo(page.getPort());
    assertThat(rig.body(widget, "/index.html")).contains("widget");
    assertThat(rig.body(widget, "/config.json")).as("the host's own").isEqualTo("{\"mine\":1}");
    assertThat(rig.body(widget, "/../index.html")).doesNotContain("root:");
  }
}
