/**
 * {@code matrixrtc demo}: sets the world up, shows the call while it runs, prints what came out.
 */
@NullMarked
package io.matrixrtc.cli.demo;

import org.jspecify.annotations.NullMarked;
