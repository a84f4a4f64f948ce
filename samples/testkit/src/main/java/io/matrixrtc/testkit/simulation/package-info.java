/**
 * Whole calls in virtual time: hundreds of participants, each the very key distribution of {@code
 * io.matrixrtc.keys}, on a modelled network; what a rotation policy costs and what it protects.
 */
@NullMarked
package io.matrixrtc.testkit.simulation;

import org.jspecify.annotations.NullMarked;
