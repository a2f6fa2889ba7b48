/* Empty functions around what is measured. An emulator or debugger that counts instructions
 * takes its readings when one of these symbols is reached.
 */
#ifndef MOTE_MARK_H
#define MOTE_MARK_H

void mote_mark_features_begin(void);
void mote_mark_features_end(void);
void mote_mark_inference_begin(void);
void mote_mark_inference_end(void);

#endif
