/* STM32F405: 168 MHz from the internal 16 MHz oscillator, USART1 on PA9 (TX) and PA10 (RX).
 * Source: ST, RM0090 reference manual, chapters RCC, FLASH, GPIO, USART.
 *
 * QEMU's netduinoplus2 has no RCC, FLASH or GPIO (they read as 0) and always runs at 168 MHz;
 * hence the waits are bounded.
 */
#include "board.h"

#define RCC_CR MOTE_REGISTER(0x40023800u)
#define RCC_PLLCFGR MOTE_REGISTER(0x40023804u)
#define RCC_CFGR MOTE_REGISTER(0x40023808u)
#define RCC_AHB1ENR MOTE_REGISTER(0x40023830u)
#define RCC_APB2ENR MOTE_REGISTER(0x40023844u)
#define FLASH_ACR MOTE_REGISTER(0x40023C00u)
#define GPIOA_MODER MOTE_REGISTER(0x40020000u)
#define GPIOA_AFRH MOTE_REGISTER(0x40020024u)
#define USART1_SR MOTE_REGISTER(0x40011000u)
#define USART1_DR MOTE_REGISTER(0x40011004u)
#define USART1_BRR MOTE_REGISTER(0x40011008u)
#define USART1_CR1 MOTE_REGISTER(0x4001100Cu)

#define CR_PLL_ON (1u << 24)
#define CR_PLL_READY (1u << 25)
/* HSI 16 MHz / 8 * 168 / 2 = 168 MHz; / 7 = 48 MHz for USB. Bits 17:16 = 0 divide by 2. */
#define PLLCFGR_168_MHZ (8u | 168u << 6 | 7u << 24)
#define CFGR_SWITCH_PLL 2u
#define CFGR_STATUS_MASK (3u << 2)
#define CFGR_STATUS_PLL (2u << 2)
#define CFGR_APB1_DIV_4 (5u << 10)
#define CFGR_APB2_DIV_2 (4u << 13)
#define ACR_5_WAIT_STATES 5u
#define ACR_PREFETCH_AND_CACHES (7u << 8)
#define APB2_HZ (MOTE_CPU_HZ / 2u)
#define WAIT_LIMIT 10000u /* polls; the PLL locks within 300 us, under 5000 cycles of the HSI */

#define SR_RECEIVED (1u << 5)
#define SR_TRANSMIT_EMPTY (1u << 7)
#define CR1_ENABLE (1u << 13 | 1u << 3 | 1u << 2) /* UE, TE, RE */

static void wait_for(volatile uint32_t *status, uint32_t mask, uint32_t value) {
    for (uint32_t i = 0; i < WAIT_LIMIT && (*status & mask) != value; i++) {
    }
}

void mote_board_init(void) {
    RCC_PLLCFGR = PLLCFGR_168_MHZ;
    RCC_CR |= CR_PLL_ON;
    wait_for(&RCC_CR, CR_PLL_READY, CR_PLL_READY);
    FLASH_ACR = ACR_5_WAIT_STATES | ACR_PREFETCH_AND_CACHES;
    RCC_CFGR = CFGR_SWITCH_PLL | CFGR_APB1_DIV_4 | CFGR_APB2_DIV_2;
    wait_for(&RCC_CFGR, CFGR_STATUS_MASK, CFGR_STATUS_PLL);
}

void mote_uart_init(void) {
    RCC_AHB1ENR |= 1u << 0; /* GPIOA */
    RCC_APB2ENR |= 1u << 4; /* USART1 */
    GPIOA_AFRH = (GPIOA_AFRH & ~(0xFFu << 4)) | 0x77u << 4;      /* PA9, PA10: function 7 */
    GPIOA_MODER = (GPIOA_MODER & ~(0xFu << 18)) | 0xAu << 18;    /* both: alternate function */
    USART1_BRR = (APB2_HZ + MOTE_UART_BAUD_RATE / 2u) / MOTE_UART_BAUD_RATE;
    USART1_CR1 = CR1_ENABLE;
}

bool mote_uart_get(uint8_t *byte) {
    if (!(USART1_SR & SR_RECEIVED)) {
        return false;
    }
    *byte = (uint8_t)USART1_DR;
    return true;
}

void mote_uart_put(uint8_t byte) {
    while (!(USART1_SR & SR_TRANSMIT_EMPTY)) {
    }
    USART1_DR = byte;
}
