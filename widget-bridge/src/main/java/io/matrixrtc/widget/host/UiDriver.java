package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.widget.api.MatrixLink;
import java.util.concurrent.CompletionStage;

/** What surrounds the widget on the user's screen. */
public interface UiDriver {
  /**
   * Brings a link before the user, or follows it. Done means that the user has it, not that it was
   * opened: a driver never opens anything that the user did not choose.
   */
  CompletionStage<DriverResult<DriverCall.Ack>> navigate(Navigate link);

  /** Shows a room. */
  CompletionStage<DriverResult<DriverCall.Ack>> viewRoom(ViewRoom room);

  /** Keeps the widget visible, or no longer; answers whether that worked. */
  CompletionStage<DriverResult<Boolean>> alwaysOnScreen(AlwaysOnScreen wish);

  /** Sends a sticker that was picked. */
  CompletionStage<DriverResult<DriverCall.Ack>> sticker(Sticker sticker);

  /** A link that the widget wants followed. */
  record Navigate(MatrixLink link) implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.ui().navigate(this);
    }
  }

  /** A room to show. */
  record ViewRoom(String roomId) implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.ui().viewRoom(this);
    }
  }

  /** Whether the widget is to stay on screen. */
  record AlwaysOnScreen(boolean value) implements DriverCall<Boolean> {
    @Override
    public CompletionStage<DriverResult<Boolean>> on(WidgetDriver driver) {
      return driver.ui().alwaysOnScreen(this);
    }
  }

  /** A sticker for the room: {@code name}, {@code description}, {@code content}. */
  record Sticker(String roomId, ObjectNode data) implements DriverCall<DriverCall.Ack> {
    @Override
    public CompletionStage<DriverResult<DriverCall.Ack>> on(WidgetDriver driver) {
      return driver.ui().sticker(this);
    }
  }
}
