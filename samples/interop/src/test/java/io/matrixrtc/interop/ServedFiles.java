package io.matrixrtc.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Files of the class path over HTTP, on the loopback. */
final class ServedFiles implements AutoCloseable {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript",
          "css", "text/css",
          "json", "application/json",
          "wasm", "application/wasm",
          "svg", "image/svg+xml");

  private final HttpServer server;

  private ServedFiles(HttpServer server) {
    this.server = server;
  }

  /**
   * @param folders where the files of a path are, such as {@code /} and {@code /hostile/}
   */
  static ServedFiles of(Map<String, String> folders) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    folders.forEach(
        (path, folder) -> server.createContext(path, exchange -> answer(exchange, folder)));
    server.start();
    return new ServedFiles(server);
  }

  private static void answer(HttpExchange exchange, String folder) throws IOException {
    String name = exchange.getRequestURI().getPath().replaceAll(".*/", "");
    try (InputStream in = ServedFiles.class.getResourceAsStream(folder + name)) {
      if (in == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        write(exchange, name, in.readAllBytes());
      }
    }
    exchange.close();
  }

  /** Answers with a file of that name. */
  static void write(HttpExchange exchange, String name, byte[] body) throws IOException {
    String type = TYPES.getOrDefault(name.replaceAll(".*\\.", ""), "application/octet-stream");
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
