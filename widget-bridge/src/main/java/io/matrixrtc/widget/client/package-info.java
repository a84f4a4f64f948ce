/**
 * The widget side of the Widget API: a widget in Java, for scripted tests and for JVM widgets that
 * need no browser.
 */
@NullMarked
package io.matrixrtc.widget.client;

import org.jspecify.annotations.NullMarked;
