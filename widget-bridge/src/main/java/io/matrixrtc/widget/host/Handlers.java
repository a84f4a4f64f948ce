package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetAction;
import java.util.EnumMap;
import java.util.Map;

/**
 * Which handler carries out which action (ACTION-KNOWN). An action without one is refused as
 * unknown.
 */
final class Handlers {
  private Handlers() {}

  static Map<WidgetAction, ActionHandler> of(
      HostSession session,
      RoomAccess rooms,
      WidgetVersions versions,
      Negotiation negotiation,
      DelayedEvents delayed,
      OpenIdExchange openId,
      TurnWatch turn) {
    EventSending sending = new EventSending(session, rooms, delayed);
    EventReading reading = new EventReading(session, rooms, versions);
    ToDeviceSending toDevice = new ToDeviceSending(session, rooms);
    MediaRequests media = new MediaRequests(session);
    RtcRequests rtc = new RtcRequests(session, rooms, delayed);
    UiRequests ui = new UiRequests(session, rooms);
    CallRequests call = new CallRequests(session);
    Map<WidgetAction, ActionHandler> map = new EnumMap<>(WidgetAction.class);
    map.put(WidgetAction.SUPPORTED_API_VERSIONS, negotiation::versions);
    map.put(WidgetAction.CONTENT_LOADED, negotiation::contentLoaded);
    map.put(WidgetAction.REQUEST_CAPABILITIES, negotiation::requestCapabilities);
    map.put(WidgetAction.SEND_EVENT, sending::send);
    map.put(WidgetAction.UPDATE_DELAYED_EVENT, delayed::update);
    map.put(WidgetAction.READ_EVENTS, reading::events);
    map.put(WidgetAction.READ_RELATIONS, reading::relations);
    map.put(WidgetAction.READ_ROOM_ACCOUNT_DATA, reading::accountData);
    map.put(WidgetAction.SEND_TO_DEVICE, toDevice::send);
    map.put(WidgetAction.GET_OPENID, openId::get);
    map.put(WidgetAction.WATCH_TURN_SERVERS, turn::watch);
    map.put(WidgetAction.UNWATCH_TURN_SERVERS, turn::unwatch);
    map.put(WidgetAction.USER_DIRECTORY_SEARCH, new DirectoryRequests(session)::search);
    map.put(WidgetAction.GET_MEDIA_CONFIG, media::config);
    map.put(WidgetAction.UPLOAD_FILE, media::upload);
    map.put(WidgetAction.DOWNLOAD_FILE, media::download);
    map.put(WidgetAction.GET_RTC_TRANSPORTS, rtc::transports);
    map.put(WidgetAction.LIVEKIT_GET_TOKEN, rtc::livekitToken);
    map.put(WidgetAction.LIVEKIT_DELEGATE_DELAYED_LEAVE, rtc::delegateLeave);
    map.put(WidgetAction.NAVIGATE, ui::navigate);
    map.put(WidgetAction.VIEW_ROOM, ui::viewRoom);
    map.put(WidgetAction.SET_ALWAYS_ON_SCREEN, ui::alwaysOnScreen);
    map.put(WidgetAction.STICKER, ui::sticker);
    map.put(WidgetAction.OPEN_MODAL, ui::modal);
    map.put(WidgetAction.CLOSE_MODAL, ui::modal);
    map.put(WidgetAction.SET_BUTTON_ENABLED, ui::modal);
    map.put(WidgetAction.CALL_JOIN, call::joined);
    map.put(WidgetAction.CALL_HANGUP, call::hungUp);
    map.put(WidgetAction.CALL_CLOSE, call::closed);
    map.put(WidgetAction.CALL_DEVICE_MUTE, call::muted);
    return map;
  }
}
