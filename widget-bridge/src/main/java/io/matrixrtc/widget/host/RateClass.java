package io.matrixrtc.widget.host;

import io.matrixrtc.widget.api.WidgetAction;

/** How often a widget may ask for what (RATE-LIMIT). Each class has a bucket of its own. */
enum RateClass {
  /** Answered from memory, or not known at all. */
  CHEAP(200, 50),
  /** One call to the homeserver. */
  CALL(100, 20),
  /** Sends something. Element Call sends a handful at a join and one every four seconds. */
  SEND(60, 10),
  /** May put a question before the user, or hand out a token. */
  PROMPT(20, 0.5);

  private final int burst;
  private final double perSecond;

  RateClass(int burst, double perSecond) {
    this.burst = burst;
    this.perSecond = perSecond;
  }

  int burst() {
    return burst;
  }

  double perSecond() {
    return perSecond;
  }

  static RateClass of(WidgetAction action) {
    return switch (action) {
      case SEND_EVENT, SEND_TO_DEVICE, UPLOAD_FILE, STICKER, UPDATE_DELAYED_EVENT -> SEND;
      case READ_EVENTS,
          READ_RELATIONS,
          READ_ROOM_ACCOUNT_DATA,
          USER_DIRECTORY_SEARCH,
          GET_MEDIA_CONFIG,
          DOWNLOAD_FILE,
          GET_RTC_TRANSPORTS,
          LIVEKIT_GET_TOKEN,
          LIVEKIT_DELEGATE_DELAYED_LEAVE,
          WATCH_TURN_SERVERS,
          UNWATCH_TURN_SERVERS ->
          CALL;
      case GET_OPENID, REQUEST_CAPABILITIES, NAVIGATE, VIEW_ROOM, OPEN_MODAL -> PROMPT;
      default -> CHEAP;
    };
  }
}
