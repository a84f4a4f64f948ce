package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** RTC transports (MSC4143) and LiveKit calls of the homeserver (MSC4195). */
public interface RtcDriver {
  /**
   * The homeserver's transports, or those of its well-known if it has no such endpoint. None known
   * is a failure, not an empty list.
   */
  CompletionStage<DriverResult<List<ObjectNode>>> transports(GetTransports query);

  /** A LiveKit token. */
  CompletionStage<DriverResult<String>> livekitToken(GetLivekitToken query);

  /** Hands a delayed leave to the SFU's side. */
  CompletionStage<DriverResult<DriverCall.Ack>> delegateLeave(DelegateLeave delegation);

  /** Which transports are there? */
  record GetTransports() implements DriverCall<List<ObjectNode>> {
    @Override
    public CompletionStage<DriverResult<List<ObjectNode>>> on(WidgetDriver driver) {
      return driver.rtc().transports(this);
    }
  }

  /** {@code body} is sent as it is, its room checked. */
  record GetLivekitToken(ObjectNode body) implements DriverCall<String> {
    @Override
    public CompletionStage<DriverResult<String>> on(WidgetDriver driver) {
      return driver.rtc().livekitToken(this);
    }
  }

  /** {@code body} is sent as it is, its room and delay id checked. */
  record DelegateLeave(ObjectNode body) implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.rtc().delegateLeave(this);
    }
  }
}
