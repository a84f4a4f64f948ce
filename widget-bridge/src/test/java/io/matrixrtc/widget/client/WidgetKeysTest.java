package io.matrixrtc.widget.client;

import static io.matrixrtc.widget.client.ScriptedHost.json;
import static io.matrixrtc.widget.client.ScriptedHost.now;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SenderEvidence.HostAttested;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.session.CallInput;
import io.matrixrtc.session.RoomUpdate;
import io.matrixrtc.widget.api.ApiVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a widget does for a call: its keys' way, and the host's signs of life. */
class WidgetKeysTest {
  private static final String KEYS = "io.element.call.encryption_keys";

  private final ScriptedHost host = new ScriptedHost();

  @Test
  void clientOutcomesFailuresAreOfTheirDevices() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    ToDeviceChannel channel = client.toDeviceChannel();
    DeviceAddress b = new DeviceAddress("@b:e", "B");
    DeviceAddress c = new DeviceAddress("@c:e", "C");
    CompletionStage<Map<DeviceAddress, Outcome>> sent =
        channel.send(KEYS, json("{'k':1}"), Set.of(b, c));
    assertThat(host.last("send_to_device").path("data").path("encrypted").asBoolean()).isTrue();
    host.answer(client, "send_to_device", "{'failures':{'@c:e':['C']}}");
    assertThat(now(sent))
        .containsEntry(b, new Outcome.Sent())
        .containsEntry(c, new Outcome.Failed("the host did not reach this device"));
    CompletionStage<Map<DeviceAddress, Outcome>> refused =
        channel.send(KEYS, json("{'k':1}"), Set.of(b));
    host.answer(client, "send_to_device", "{'error':{'message':'no'}}");
    assertThat(now(refused)).containsEntry(b, new Outcome.Failed("the host refused: no"));
    CompletionStage<Map<DeviceAddress, Outcome>> silent =
        channel.send(KEYS, json("{'k':1}"), Set.of(b));
    host.scheduler.passes(Duration.ofSeconds(10));
    assertThat(now(silent)).containsEntry(b, new Outcome.Failed("the host did not answer in time"));
    client.close();
    assertThat(now(channel.send(KEYS, json("{'k':1}"), Set.of(b))))
        .containsEntry(b, new Outcome.Failed("the widget was closed"));
  }

  @Test
  void clientAttestKeysAreTheHostsWordAndCleartextIsNotPassedOffAsMore() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    ToDeviceChannel channel = client.toDeviceChannel();
    List<SenderEvidence> encrypted = new ArrayList<>();
    List<String> clear = new ArrayList<>();
    ToDeviceChannel.Subscription subscription =
        channel.subscribe(
            KEYS,
            new ToDeviceChannel.Listener() {
              @Override
              public void onEncrypted(SenderEvidence from, ObjectNode content) {
                encrypted.add(from);
              }

              @Override
              public void onCleartext(String userId, ObjectNode content) {
                clear.add(userId);
              }
            });
    String push = "{'type':'" + KEYS + "','sender':'@b:e','content':{},'encrypted':";
    host.ask(client, "send_to_device", push + "true}");
    host.ask(client, "send_to_device", push + "false}");
    host.ask(client, "send_to_device", push.replace(KEYS, "other") + "true}");
    assertThat(encrypted).containsExactly(new HostAttested("@b:e"));
    assertThat(clear).containsExactly("@b:e");
    subscription.close();
    host.ask(client, "send_to_device", push + "true}");
    assertThat(encrypted).hasSize(1);
  }

  @Test
  void clientViewTheHostsSignsOfLifeAreSyncsForACall() {
    WidgetClient client = host.ready(EnumSet.allOf(ApiVersion.class));
    host.ask(client, "notify_capabilities", "{'approved':[]}");
    AtomicInteger synced = new AtomicInteger();
    CallInput call =
        new CallInput() {
          @Override
          public void onRoomUpdate(RoomUpdate update) {}

          @Override
          public void onSynced() {
            synced.incrementAndGet();
          }

          @Override
          public void onBarredDevices(Map<DeviceAddress, String> devices) {}
        };
    CallSubscription attached = now(client.attach("!r:example.org", call));
    host.answer(client, "supported_api_versions", "{'supported_versions':[]}");
    assertThat(synced).hasValue(1);
    host.scheduler.passes(WidgetClient.PULSE);
    assertThat(synced).as("asked, and not answered yet").hasValue(1);
    host.answer(client, "supported_api_versions", "{'supported_versions':[]}");
    assertThat(synced).hasValue(2);
    host.scheduler.passes(WidgetClient.PULSE);
    host.answer(client, "supported_api_versions", "{'error':{'message':'no'}}");
    assertThat(synced).as("no life").hasValue(2);
    attached.close();
    int before = host.posted.size();
    host.scheduler.passes(WidgetClient.PULSE);
    assertThat(host.posted).as("nobody wants to know").hasSize(before);
    client.close();
    assertThat(host.scheduler.timers).isEmpty();
  }
}
