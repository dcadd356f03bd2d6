/* Thread: any. Plain C11 that is also C++, no GLib. */
/* Loops over numbers that fade away: those too small to be normal count as 0 meanwhile, where the processor can do so. */
#pragma once

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

/* Numbers below the normal ones become 0 from here to rheo_denormals_back, on this thread: what fades would otherwise cost a
 * hundred times as much. Returns what to give back. */
static inline unsigned
rheo_denormals_off (void)
{
#ifdef __SSE2__
  const unsigned before = _mm_getcsr ();

  _mm_setcsr (before | 0x8040);
  return before;
#else
  return 0;
#endif
}

static inline void
rheo_denormals_back (unsigned before)
{
#ifdef __SSE2__
  _mm_setcsr (before);
#endif
}
