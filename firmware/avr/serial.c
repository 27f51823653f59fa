#include "serial.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#define BAUD 57600UL
#define BAUD_TOL 3
#include <util/setbaud.h>

#define RX_SIZE 64          /* 11 ms of line */
#define RX_MASK (RX_SIZE - 1)

/* One byte wide, so that the index wraps by itself and is read in one go. */
static uint8_t tx_ring[256];
static volatile uint8_t tx_in, tx_out;
static uint8_t rx_ring[RX_SIZE];
static volatile uint8_t rx_in, rx_out;

ISR(USART_UDRE_vect)
{
    if (tx_out == tx_in)
        UCSR0B &= (uint8_t)~_BV(UDRIE0);
    else
        UDR0 = tx_ring[tx_out++];
}

ISR(USART_RX_vect)
{
    uint8_t byte = UDR0;
    uint8_t next = (uint8_t)((rx_in + 1) & RX_MASK);
    if (next != rx_out) {
        rx_ring[rx_in] = byte;
        rx_in = next;
    }
}

void serial_begin(void)
{
    UBRR0 = UBRR_VALUE;
#if USE_2X
    UCSR0A = _BV(U2X0);
#else
    UCSR0A = 0;
#endif
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

uint8_t serial_room(void)
{
    return (uint8_t)(tx_out - tx_in - 1);
}

void serial_send(const uint8_t *bytes, uint8_t length)
{
    if (length == 0)
        return;
    for (uint8_t i = 0; i < length; i++)
        tx_ring[(uint8_t)(tx_in + i)] = bytes[i];
    tx_in = (uint8_t)(tx_in + length);
    UCSR0B |= _BV(UDRIE0);
}

uint8_t serial_take(uint8_t *bytes, uint8_t most)
{
    uint8_t taken = 0;
    while (taken < most && rx_out != rx_in) {
        bytes[taken++] = rx_ring[rx_out];
        rx_out = (uint8_t)((rx_out + 1) & RX_MASK);
    }
    return taken;
}
