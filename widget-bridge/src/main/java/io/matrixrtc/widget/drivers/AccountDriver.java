package io.matrixrtc.widget.drivers;

import io.matrixrtc.widget.host.CapabilityPolicy;
import io.matrixrtc.widget.host.DelayedEventDriver;
import io.matrixrtc.widget.host.DirectoryDriver;
import io.matrixrtc.widget.host.EventDriver;
import io.matrixrtc.widget.host.MediaDriver;
import io.matrixrtc.widget.host.OpenIdDriver;
import io.matrixrtc.widget.host.RtcDriver;
import io.matrixrtc.widget.host.ToDeviceDriver;
import io.matrixrtc.widget.host.TurnDriver;
import io.matrixrtc.widget.host.UiDriver;
import io.matrixrtc.widget.host.WidgetDriver;

/** The ports of one widget's host. */
record AccountDriver(
    CapabilityPolicy policy,
    EventDriver events,
    DelayedEventDriver delayedEvents,
    ToDeviceDriver toDevice,
    OpenIdDriver openId,
    TurnDriver turn,
    RtcDriver rtc,
    MediaDriver media,
    DirectoryDriver directory,
    UiDriver ui)
    implements WidgetDriver {}
