package io.matrixrtc.widget.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.ToDeviceChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** To-device messages of the account, under its own trust policy for sending. */
public interface ToDeviceDriver {
  /** The devices that the account knows of each user, fetched if need be. */
  CompletionStage<DriverResult<Map<String, Set<String>>>> devices(ListDevices query);

  /**
   * Sends to each device what is meant for it, and answers with one outcome for every device, after
   * the homeserver's answer. With {@link Send#encrypted} nothing ever leaves in the clear.
   */
  CompletionStage<DriverResult<Map<DeviceAddress, ToDeviceChannel.Outcome>>> send(Send messages);

  /** Whose devices are wanted. */
  record ListDevices(Set<String> userIds) implements DriverCall<Map<String, Set<String>>> {
    public ListDevices {
      userIds = Set.copyOf(userIds);
    }

    @Override
    public CompletionStage<DriverResult<Map<String, Set<String>>>> on(WidgetDriver driver) {
      return driver.toDevice().devices(this);
    }
  }

  /** Messages of one type. Contents may differ. */
  record Send(String type, Map<DeviceAddress, ObjectNode> contents, boolean encrypted)
      implements DriverCall<Map<DeviceAddress, ToDeviceChannel.Outcome>> {
    @Override
    public CompletionStage<DriverResult<Map<DeviceAddress, ToDeviceChannel.Outcome>>> on(
        WidgetDriver driver) {
      return driver.toDevice().send(this);
    }

    /** Without contents, which may be keys. */
    @Override
    public String toString() {
      return "Send[" + type + " to " + contents.keySet() + ", encrypted=" + encrypted + "]";
    }
  }
}
