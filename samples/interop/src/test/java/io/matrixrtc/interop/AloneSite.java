package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.matrixrtc.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of Element Call as a site of their own, for a homeserver: its configuration is ours,
 * and every address of the app gives its one page.
 */
final class AloneSite implements AutoCloseable {
  private static final String INDEX = "index.html";

  private final HttpServer server;
  private final Path folder;
  private final byte[] configuration;

  private AloneSite(HttpServer server, Path folder, byte[] configuration) {
    this.server = server;
    this.folder = folder;
    this.configuration = configuration;
  }

  /**
   * Serves it on the loopback.
   *
   * @param folder with {@code index.html}
   */
  static AloneSite serve(Path folder, URI homeserver, String serverName) throws IOException {
    ObjectNode configuration = Json.newObject();
    configuration
        .putObject("default_server_config")
        .putObject("m.homeserver")
        .put("base_url", homeserver.toString())
        .put("server_name", serverName);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] bytes = configuration.toString().getBytes(StandardCharsets.UTF_8);
    AloneSite site = new AloneSite(server, folder.toRealPath(), bytes);
    server.createContext("/", site::answer);
    server.start();
    return site;
  }

  private void answer(HttpExchange exchange) throws IOException {
    // Its links are relative, also on the pages below /room.
    String path = exchange.getRequestURI().getPath().replaceFirst("^/room/", "/");
    byte[] body;
    String name;
    if (path.equals("/config.json")) {
      name = path;
      body = configuration;
    } else {
      Path file = folder.resolve(path.substring(1)).normalize();
      Path found =
          file.startsWith(folder) && Files.isRegularFile(file) ? file : folder.resolve(INDEX);
      name = String.valueOf(found.getFileName());
      body = Files.readAllBytes(found);
    }
    ServedFiles.write(exchange, name, body);
    exchange.close();
  }

  /** Where a browser finds it, without a path. */
  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
