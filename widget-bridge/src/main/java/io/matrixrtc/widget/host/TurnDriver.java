package io.matrixrtc.widget.host;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** TURN servers of the homeserver. */
public interface TurnDriver {
  /**
   * Starts to watch and answers with what holds now. Later ones come through {@link
   * WidgetHostMachine#onTurnServers}.
   */
  CompletionStage<DriverResult<TurnServers>> watch(Watch watch);

  /** Stops. May come before {@link #watch} has answered; nothing is to go on after it. */
  CompletionStage<DriverResult<DriverCall.Ack>> unwatch(Unwatch unwatch);

  /**
   * Credentials.
   *
   * @param uris none: there are no servers now
   * @param username for all of them
   * @param password a secret; never shown
   */
  record TurnServers(List<String> uris, String username, String password) {
    public TurnServers {
      uris = List.copyOf(uris);
    }

    @Override
    public String toString() {
      return "TurnServers" + uris;
    }
  }

  /** Start. */
  record Watch() implements DriverCall<TurnServers> {
    @Override
    public CompletionStage<DriverResult<TurnServers>> on(WidgetDriver driver) {
      return driver.turn().watch(this);
    }
  }

  /** Stop. */
  record Unwatch() implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.turn().unwatch(this);
    }
  }
}
