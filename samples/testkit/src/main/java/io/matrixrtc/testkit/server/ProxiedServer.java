package io.matrixrtc.testkit.server;

import io.matrixrtc.homeserver.faults.FaultPlan;
import io.matrixrtc.homeserver.faults.RequestLog;
import io.matrixrtc.homeserver.http.BindFailed;
import io.matrixrtc.homeserver.proxy.FaultProxy;
import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.ServerFaults;
import io.matrixrtc.testkit.WorldServer;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Another homeserver, reached through a proxy in this process: requests can meet faults there, and
 * what the homeserver gets to see is seen there, too, before it gets it. The database of a
 * homeserver that is not ours stays out of reach. A restart is the proxy's: for clients the same.
 */
public final class ProxiedServer implements WorldServer {
  private final WorldServer origin;
  private final FaultProxy proxy;
  private final RequestTexts log = new RequestTexts();

  private ProxiedServer(WorldServer origin, FaultProxy proxy) {
    this.origin = origin;
    this.proxy = proxy;
    proxy.forwarded().listen(log::keepRequest);
    proxy.requestLog().listen(log::keepAnswer);
  }

  /**
   * Starts a proxy in front of a homeserver; closing it closes {@code origin}.
   *
   * @throws ScriptException if there is no free port
   */
  public static ProxiedServer before(WorldServer origin) {
    try {
      return new ProxiedServer(origin, FaultProxy.start(origin.baseUrl()));
    } catch (BindFailed e) {
      origin.close();
      throw new ScriptException("no proxy in front of " + origin.baseUrl() + ": " + e, e);
    }
  }

  @Override
  public URI baseUrl() {
    return proxy.baseUrl();
  }

  @Override
  public Account account(String localpart) {
    return origin.account(localpart);
  }

  @Override
  public Optional<URI> sfuService() {
    return origin.sfuService();
  }

  @Override
  public Optional<Insight> insight() {
    return Optional.of(
        new Insight() {
          @Override
          public List<byte[]> database() {
            return origin.insight().map(Insight::database).orElse(List.of());
          }

          @Override
          public List<byte[]> log() {
            return log.all();
          }
        });
  }

  @Override
  public Optional<RequestLog> requestLog() {
    return Optional.of(proxy.requestLog());
  }

  @Override
  public Optional<ServerFaults> faults() {
    return Optional.of(
        new ServerFaults() {
          @Override
          public FaultPlan plan() {
            return proxy.faults();
          }

          @Override
          public void withholdSync(String userId) {
            proxy.withholdSync(userId);
          }

          @Override
          public void releaseSync(String userId) {
            proxy.releaseSync(userId);
          }

          @Override
          public void restart() {
            try {
              proxy.restart();
            } catch (BindFailed e) {
              throw new ScriptException("the proxy did not come back: " + e.getMessage(), e);
            }
          }
        });
  }

  @Override
  public void close() {
    proxy.close();
    origin.close();
  }
}
