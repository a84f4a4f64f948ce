package io.matrixrtc.widget.api;

/** Which way events flow, seen from the widget. */
public enum Flow {
  SEND("send"),
  RECEIVE("receive");

  private final String wireName;

  Flow(String wireName) {
    this.wireName = wireName;
  }

  /** The word in capability strings. */
  public String wireName() {
    return wireName;
  }
}
