package io.matrixrtc.cli.widget;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the host's user reads and does at the keyboard. */
class LinkPrinterTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final AtomicInteger made = new AtomicInteger();

  private LinkPrinter printer(boolean json, Duration lifetime) {
    return new LinkPrinter(
        List.of("@alice:localhost", "@bob:localhost"),
        "!room:localhost",
        user -> "http://127.0.0.1/#" + user.charAt(1) + made.incrementAndGet(),
        lifetime,
        json,
        new PrintStream(printed, true, UTF_8));
  }

  private List<String> lines() {
    return printed.toString(UTF_8).lines().toList();
  }

  @Test
  void eachLineThatIsTypedBringsAFreshLinkForEachUser() throws Exception {
    LinkPrinter printer = printer(false, Duration.ofMinutes(10));
    printer.print();
    assertThat(lines())
        .containsExactly(
            "@alice:localhost opens http://127.0.0.1/#a1",
            "@bob:localhost opens http://127.0.0.1/#b2",
            "Each link opens one session, within 10 minutes. Press Enter for new links, Ctrl-C to"
                + " stop.");
    printer.printForEach(new BufferedReader(new StringReader("\n\n")));
    assertThat(lines()).hasSize(9);
    assertThat(lines().get(6)).isEqualTo("@alice:localhost opens http://127.0.0.1/#a5");
  }

  @Test
  void whereNobodyIsAtTheKeyboardNothingMoreIsPrinted() throws Exception {
    LinkPrinter printer = printer(false, Duration.ofMinutes(1));
    printer.print();
    assertThat(lines().get(2)).contains("within a minute");
    printer.printForEach(new BufferedReader(new StringReader("")));
    assertThat(lines()).hasSize(3);
  }

  @Test
  void asJsonThereIsOneObjectForEachLink() throws Exception {
    LinkPrinter printer = printer(true, Duration.ofMinutes(10));
    printer.print();
    printer.printForEach(new BufferedReader(new StringReader("new\n")));
    assertThat(lines()).hasSize(4);
    ObjectNode first = Json.parseObject(lines().get(0));
    assertThat(first.path("type").asText()).isEqualTo("link");
    assertThat(first.path("user").asText()).isEqualTo("@alice:localhost");
    assertThat(first.path("room").asText()).isEqualTo("!room:localhost");
    assertThat(first.path("url").asText()).isEqualTo("http://127.0.0.1/#a1");
    assertThat(first.path("lifetimeSeconds").asInt()).isEqualTo(600);
    assertThat(Json.parseObject(lines().get(2)).path("url").asText()).endsWith("#a3");
  }
}
