package io.matrixrtc.widget.host;

/**
 * The account and the user behind a session, split by area. The machine decides what a widget may
 * do; a driver does it and decides nothing. Stages may complete on any thread, in any order.
 */
public interface WidgetDriver {
  /** What is granted: an allow-list, the user, nobody. */
  CapabilityPolicy policy();

  /** Events: send, redact, read. */
  EventDriver events();

  /** Delayed events. */
  DelayedEventDriver delayedEvents();

  /** To-device messages. */
  ToDeviceDriver toDevice();

  /** OpenID consent and tokens. */
  OpenIdDriver openId();

  /** TURN servers. */
  TurnDriver turn();

  /** RTC transports and LiveKit. */
  RtcDriver rtc();

  /** Files. */
  MediaDriver media();

  /** The user directory. */
  DirectoryDriver directory();

  /** What the user sees around the widget. */
  UiDriver ui();
}
