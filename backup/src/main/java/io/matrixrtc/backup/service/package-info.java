/** The shell around the machines of this module: sources of bytes, threads, timers, listeners. */
@NullMarked
package io.matrixrtc.backup.service;

import org.jspecify.annotations.NullMarked;
