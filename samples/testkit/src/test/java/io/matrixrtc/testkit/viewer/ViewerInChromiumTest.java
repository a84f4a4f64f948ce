package io.matrixrtc.testkit.viewer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.matrixrtc.cases.Cases;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, on a copy that a script at its end operates and reports on. Skipped
 * without Chromium.
 */
@Tag("alone")
class ViewerInChromiumTest {
  /** A frame at 30 fps. */
  private static final double FRAME_MS = 1000.0 / 30;

  private static final String OPERATE =
      """
      <script>
      (async () => {
        const report = { errors: [] };
        addEventListener("error", (event) => report.errors.push(String(event.message)));
        const list = document.getElementById("list");
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const press = (key) => list.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        const text = () => { const row = document.querySelector('[aria-selected="true"] .text'); return row ? row.textContent : ""; };
        await frame(); await frame();
        report.width = innerWidth;
        report.overflow = document.documentElement.scrollWidth - innerWidth;
        const work = [];
        const bottom = list.scrollHeight - list.clientHeight;
        let frames = 0;
        const begun = performance.now();
        while (frames < 120) {
          const start = performance.now();
          list.scrollTop = bottom * (((frames * 37) % 120) / 120);
          list.dispatchEvent(new Event("scroll"));
          await frame();
          list.getBoundingClientRect();
          work.push(performance.now() - start);
          frames++;
        }
        report.fps = frames * 1000 / (performance.now() - begun);
        work.sort((a, b) => a - b);
        report.medianMs = work[work.length >> 1];
        report.elements = document.querySelectorAll(".row").length;
        report.count = document.getElementById("count").textContent;
        press("Home"); await frame(); report.first = text();
        press("ArrowDown"); await frame(); report.second = text();
        press("n"); await frame(); report.failing = text();
        report.hash = location.hash;
        report.detail = document.getElementById("detail").textContent;
        press("End"); await frame(); report.last = text();
        const search = document.getElementById("search");
        search.value = "NEEDLE"; search.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, 400));
        report.found = document.getElementById("count").textContent;
        report.searchHash = location.hash;
        location.hash = "#e=13&k=made";
        await new Promise((done) => setTimeout(done, 200));
        report.linked = document.querySelector("#detail h2").textContent;
        press("/"); report.focus = document.activeElement.id;
        search.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true })); await frame(); report.unfocused = document.activeElement.id;
        const paper = () => getComputedStyle(document.body).backgroundColor;
        report.papers = [paper()];
        for (let i = 0; i < 2; i++) {
          document.getElementById("theme").click();
          await frame();
          report.papers.push(paper());
        }
        new Image().src = "REPORT?" + encodeURIComponent(JSON.stringify(report));
      })();
      </script></body>""";

  @TempDir private Path directory;

  @Test
  void aHundredThousandRowsScrollAndObeyTheKeyboard_VIEWER_LARGE() throws Exception {
    int rows = Cases.full() ? 100_000 : 10_000;
    String all = String.format(Locale.ROOT, "%,d", rows);
    JsonNode report = operate(1280, 800, rows);
    System.out.printf(
        "trace viewer, %s rows: %.0f fps, median %.1f ms a frame%n",
        all, report.path("fps").asDouble(), report.path("medianMs").asDouble());
    assertThat(report.path("errors")).isEmpty();
    assertThat(report.path("count").asText()).isEqualTo(all + " of " + all + " events, 1 bad");
    assertThat(report.path("elements").asInt()).as("rows in the page").isBetween(5, 80);
    assertThat(report.path("medianMs").asDouble()).isLessThan(FRAME_MS);
    assertThat(report.path("first").asText()).isEqualTo("person0 is @u0:x:D0");
    assertThat(report.path("second").asText()).isEqualTo("person0 joined");
    assertThat(report.path("failing").asText()).isEqualTo("E1 FAILS: " + LongCall.NEEDLE);
    assertThat(report.path("detail").asText()).contains("not <b>so</b> after 3 ms");
    assertThat(report.path("hash").asText()).startsWith("#e=");
    assertThat(report.path("last").asText()).isNotEmpty();
    assertThat(report.path("found").asText()).isEqualTo("1 of " + all + " events, 1 bad");
    assertThat(report.path("searchHash").asText()).contains("q=NEEDLE");
    assertThat(report.path("linked").asText()).startsWith("person0 offers key 0");
    assertThat(report.path("focus").asText()).isEqualTo("search");
    assertThat(report.path("unfocused").asText()).isNotEqualTo("search");
    assertThat(report.path("papers").get(1))
        .as("the other theme")
        .isNotEqualTo(report.path("papers").get(0));
    assertThat(report.path("papers").get(2)).as("and back").isEqualTo(report.path("papers").get(0));
    assertThat(report.path("overflow").asInt()).isLessThanOrEqualTo(0);
  }

  @Test
  void aPhoneScrollsInOneDirectionOnly_VIEWER_NARROW() throws Exception {
    JsonNode report = operate(360, 700, 1_000);
    assertThat(report.path("width").asInt()).isEqualTo(360);
    assertThat(report.path("errors")).isEmpty();
    assertThat(report.path("overflow").asInt()).isLessThanOrEqualTo(0);
    assertThat(report.path("failing").asText()).isEqualTo("E1 FAILS: " + LongCall.NEEDLE);
  }

  private JsonNode operate(int width, int height, int rows) throws Exception {
    Optional<Path> chromium = chromium();
    Assumptions.assumeTrue(chromium.isPresent(), "there is no Chromium here");
    CompletableFuture<String> report = new CompletableFuture<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          report.complete(exchange.getRequestURI().getRawQuery());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    Process browser = null;
    try {
      String home = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      Path page = directory.resolve("page" + width + ".html");
      Files.writeString(
          page,
          TraceViewerTest.page(LongCall.of(rows), "A long call")
              .replace("img-src data:", "img-src data: http:")
              .replace("</body>", OPERATE.replace("REPORT", home)));
      // A window has 500 px at least; a frame in it may be as narrow as a phone.
      Path frame = directory.resolve("frame" + width + ".html");
      Files.writeString(
          frame,
          "<!doctype html><iframe style='border:0' src='%s' width='%d' height='%d'></iframe>"
              .formatted(page.getFileName(), width, height));
      browser = start(chromium.get(), width < 500 ? frame : page, width, height);
      String json = URLDecoder.decode(report.get(90, TimeUnit.SECONDS), StandardCharsets.UTF_8);
      return new ObjectMapper().readTree(json);
    } finally {
      if (browser != null) {
        browser.descendants().forEach(ProcessHandle::destroyForcibly);
        browser.destroyForcibly().waitFor();
      }
      server.stop(0);
    }
  }

  private Process start(Path chromium, Path page, int width, int height) throws Exception {
    return new ProcessBuilder(
            List.of(
                chromium.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--remote-debugging-port=0",
                "--user-data-dir=" + directory.resolve("profile" + width),
                "--window-size=" + width + "," + height,
                page.toUri().toString()))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("chromium" + width + ".log").toFile())
        .start();
  }

  private static Optional<Path> chromium() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
