/**
 * Hosts widgets over HTTP: the host page, the widget's files on an origin of their own, and the
 * relay between page and host. The only package that knows Vert.x.
 */
@NullMarked
package io.matrixrtc.widget.bridge;

import org.jspecify.annotations.NullMarked;
